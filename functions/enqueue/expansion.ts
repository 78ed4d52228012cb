import type { AutomationSpec } from '../../shared/domain/automation.ts';
import { TankError } from '../../shared/domain/errors.ts';
import type { Row } from '../../shared/domain/row.ts';
import { fillDatePattern } from '../../shared/domain/schedule/date-pattern.ts';
import type { AttachmentFolder } from '../../shared/ports/attachments.ts';
import type { Cipher, Hasher } from '../../shared/ports/keys.ts';
import type { Fault, Ledger, Plan } from '../../shared/ports/ledger.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { Suppressions } from '../../shared/ports/suppressions.ts';
import { demandFreshLists } from '../../shared/use-cases/demand-fresh-lists.ts';
import { openSource } from '../../shared/use-cases/open-source.ts';

/** Everything that planning one run needs at hand, and how far it has come. */
export interface Expansion {
  readonly runId: string;
  readonly automationId: string;
  readonly spec: AutomationSpec;
  readonly cipher: Cipher;
  readonly hash: Hasher;
  readonly ledger: Ledger;
  readonly suppressions: Suppressions;
  readonly folder?: AttachmentFolder;
  readonly startedAt: number;
  readonly keyPattern?: RegExp;
  targets(): AsyncIterable<readonly Row[]>;
  nextSequence: number;
  nextBatch: number;
  /** How many of the planned sends are to go out. */
  nextPending: number;
  /** The first fault whose policy is `stop`; the run still lists every other one before it ends. */
  stop?: Pick<Fault, 'code' | 'facts'>;
}

export const positionPlace = (runId: string): string => `run|expand_position|${runId}`;

export const openExpansion = async (ports: Ports, plan: Plan): Promise<Expansion> => {
  const { run } = plan;
  const automations = await ports.automations();
  const version = await automations.version(run.automationId, run.automationVersion);
  if (!version) throw new TankError('not_found', { what: 'automation' });
  const { spec } = version;
  await demandFreshLists(ports, spec);

  const vault = await ports.vault();
  const cipher = await vault.open(run.id);
  const after = plan.position && Buffer.from(cipher.decrypt(positionPlace(run.id), plan.position)).toString();
  const folder = spec.attachments && (await openFolder(ports, spec.attachments.folder, run.businessDate));
  const { target, key } = spec.recipients;
  const ledger = await ports.ledger();
  const opened = await openSource(ports, spec.source);

  return {
    runId: run.id,
    automationId: run.automationId,
    spec,
    cipher,
    hash: await vault.hasher(),
    ledger,
    suppressions: await ports.suppressions(),
    ...(folder ? { folder } : {}),
    startedAt: run.startedAt,
    ...(spec.recipients.keyPattern
      ? { keyPattern: new RegExp(`^(?:${spec.recipients.keyPattern})$`, 'u') }
      : {}),
    targets: () => opened.target({ sql: target, key, ...(after === undefined ? {} : { after }) }),
    nextSequence: run.targets,
    nextBatch: plan.batches,
    nextPending: (await ledger.counts(run.id)).pending,
  };
};

const openFolder = async (ports: Ports, pattern: string, businessDate: string): Promise<AttachmentFolder> =>
  (await ports.attachments()).open(fillDatePattern(pattern, businessDate));
