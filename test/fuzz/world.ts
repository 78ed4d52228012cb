import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSignedTokens } from '../../shared/adapters/identity/signed-tokens.ts';
import { createEmbeddedSecrets } from '../../shared/adapters/secrets/env.ts';
import { systemClock } from '../../shared/adapters/system/clock.ts';
import { newId } from '../../shared/adapters/system/ids.ts';
import { CAMPAIGN, layOutCampaign } from '../support/campaign.ts';
import { newMachine, startTank, tank } from '../support/tank.ts';
import type { Caller } from './requests.ts';

/** Raised, not switched off. Sign-in keeps its own limit: every request names an address of its own. */
const RAISED = {
  TANK_LIMIT_GLOBAL: '10000000',
  TANK_LIMIT_USER: '10000000',
  TANK_LIMIT_ADDRESS: '10000000',
  TANK_TRUSTED_PROXIES: 'loopback',
};
const CUSTOMERS = 5;
const PASSWORD = 'tugboat-granite-7-Lantern';
const PEOPLE = ['owner', 'operator', 'viewer'] as const;

/** A built daemon with a small bank, an account of each kind, and tokens for them. */
export const openFuzzWorld = async () => {
  const machine = await newMachine(RAISED);
  const { definitions } = await layOutCampaign(machine, CUSTOMERS);
  const daemon = await startTank(machine, ['serve']);
  const tokens = createSignedTokens({
    secrets: async () =>
      createEmbeddedSecrets({ dataDir: machine.dataDir, isAnythingEncrypted: async () => true }),
    runtime: { clock: systemClock, id: () => newId(systemClock.now()) },
  });
  const tokenOf = async (subject: string, epoch: number) => (await tokens.issue({ subject, epoch })).token;

  const call = async (method: string, path: string, body?: object): Promise<Record<string, unknown>> => {
    const response = await fetch(`${daemon.url}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await tokenOf('os:fuzz', 0)}`,
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return response.json() as Promise<Record<string, unknown>>;
  };

  const subjects = new Map<Caller, string>([['os', 'os:fuzz']]);
  for (const role of PEOPLE) {
    const invited = await call('POST', '/api/v1/invitations', {
      name: `fuzz-${role}`,
      role,
      organisations: ['*'],
    });
    await call('POST', '/api/v1/invitations/accept', { secret: invited.secret, password: PASSWORD });
  }
  const { items } = (await call('GET', '/api/v1/users')) as {
    items: { id: string; name: string; role: Caller }[];
  };
  for (const { id, role } of items) subjects.set(role, id);

  return {
    machine,
    daemon,
    call,
    /** Of the people who ask: nobody may shut or remove them. */
    people: [...subjects.values()],
    /** What requests may have spoilt. */
    lay: () => tank(machine, ['apply', definitions]),
    run: () => tank(machine, ['run', CAMPAIGN, '--json']),
    /** Made anew, for they end after 15 minutes. */
    tokens: async (): Promise<ReadonlyMap<Caller, string>> => {
      const made = new Map<Caller, string>([['forger', 'a.b.c']]);
      for (const [caller, subject] of subjects)
        made.set(caller, await tokenOf(subject, subject.startsWith('os:') ? 0 : 1));
      return made;
    },
    examples: async () => examplesFrom((await call('GET', '/api/v1/definitions')).documents as Document[]),
    log: () => readFileSync(join(machine.dataDir, 'logs', logName()), 'utf8'),
  };
};

const logName = (): string => `tank-${new Intl.DateTimeFormat('sv-SE').format(new Date())}.log`;

type Document = Readonly<Record<string, unknown>>;

/** By path: bodies that do something. */
const examplesFrom = (documents: readonly Document[]): Readonly<Record<string, readonly unknown[]>> => {
  const [automations, sources] = ['automation', 'source'].map((kind) =>
    documents.filter((document) => (kind === 'automation') === 'automation' in document),
  );
  const renamed = automations?.map((document) => ({ ...document, id: undefined, automation: 'another' }));
  return {
    '/api/v1/definitions': [{ documents }],
    '/api/v1/definitions/check': [{ documents }, { documents, offline: true }],
    '/api/v1/automations': renamed ?? [],
    '/api/v1/automations/{id}': automations ?? [],
    '/api/v1/sources': (sources ?? []).map((document) => ({ ...document, source: 'another' })),
    '/api/v1/sources/{id}': sources ?? [],
    '/api/v1/automations/{id}/preview': [{ row: 1 }],
    '/api/v1/automations/{id}/test-send': [{ to: 'somebody@example.com' }],
    '/api/v1/automations/{id}/runs': [{}],
  };
};
