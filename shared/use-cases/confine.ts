import { TankError } from '../domain/errors.ts';
import { isWithin, type Organisations, type Principal } from '../domain/permissions.ts';
import type { Automations, AutomationVersion, Definitions } from '../ports/automations.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Ports } from '../ports/ports.ts';
import type { Reports } from '../ports/reports.ts';
import type { Schedules } from '../ports/schedules.ts';

/**
 * The ports as somebody sees them: what belongs to another organisation is not there. A verb that works with
 * these cannot forget to ask; a foreign automation, run or send is simply not found.
 */
export const confine = (ports: Ports, principal: Pick<Principal, 'organisations'> | undefined): Ports => {
  const own = principal?.organisations ?? [];
  if (own === 'all') return ports;
  return {
    ...ports,
    automations: async () => confineAutomations(await ports.automations(), own),
    ledger: async () => confineLedger(await ports.ledger(), own),
    reports: async () => confineReports(await ports.reports(), own),
    schedules: async () => confineSchedules(await ports.schedules(), await ports.automations(), own),
    organisations: async () => {
      const all = await ports.organisations();
      return { ...all, list: async () => (await all.list()).filter(({ name }) => isWithin(own, name)) };
    },
  };
};

const confineAutomations = (all: Automations, own: Organisations): Automations => {
  const isOwn = ({ spec }: AutomationVersion): boolean => isWithin(own, spec.organisation);
  const find = async (idOrName: string) => unlessForeign(await all.find(idOrName), isOwn);
  return {
    ...all,
    find,
    version: async (id, version) => unlessForeign(await all.version(id, version), isOwn),
    versions: async (id) => (await all.versions(id)).filter(isOwn),
    list: async () => (await all.list()).filter(isOwn),
    sourceUses: async () => {
      const owned = new Set((await all.list()).filter(isOwn).map(({ id }) => id));
      return (await all.sourceUses()).filter(({ automationId }) => owned.has(automationId));
    },
    apply: async (definitions, author) => {
      await demandOwn(all, definitions, own);
      return all.apply(definitions, author);
    },
  };
};

const unlessForeign = <T>(found: T | undefined, isOwn: (found: T) => boolean): T | undefined =>
  found !== undefined && isOwn(found) ? found : undefined;

/** Neither what is there may be foreign, nor what becomes of it: an automation does not change hands by itself. */
const demandOwn = async (
  all: Automations,
  { automations, remove }: Definitions,
  own: Organisations,
): Promise<void> => {
  const isForeign = async (idOrName: string) => {
    const there = await all.find(idOrName);
    return there !== undefined && !isWithin(own, there.spec.organisation);
  };
  for (const { id, spec } of automations) {
    if (!isWithin(own, spec.organisation)) throw new TankError('not_found', { what: 'organisation' });
    if (id !== undefined && (await isForeign(id))) throw new TankError('not_found', { what: 'automation' });
    if (await isForeign(spec.name)) throw new TankError('name_taken', { what: 'automation' });
  }
  for (const id of remove?.automations ?? [])
    if (await isForeign(id)) throw new TankError('not_found', { what: 'automation' });
};

const confineLedger = (all: Ledger, own: Organisations): Ledger => {
  const run: Ledger['run'] = async (id) =>
    unlessForeign(await all.run(id), ({ organisation }) => isWithin(own, organisation));
  const demandRun = async (id: string): Promise<void> => {
    if (!(await run(id))) throw new TankError('not_found', { what: 'run' });
  };
  return {
    ...all,
    run,
    runs: (page) => all.runs({ ...page, organisations: listed(own) }),
    send: async (id) => {
      const send = await all.send(id);
      return send && (await run(send.runId)) ? send : undefined;
    },
    sends: async (runId, page) => {
      await demandRun(runId);
      return all.sends(runId, page);
    },
    faultGroups: async (runId, limit) => {
      await demandRun(runId);
      return all.faultGroups(runId, limit);
    },
    startRun: async (order) => {
      if (!isWithin(own, order.organisation)) throw new TankError('not_found', { what: 'automation' });
      return all.startRun(order);
    },
    cancelRun: async (id, by) => {
      await demandRun(id);
      return all.cancelRun(id, by);
    },
    rule: async (ruling) => {
      await demandRun(ruling.runId);
      return all.rule(ruling);
    },
  };
};

const listed = (own: Organisations): readonly string[] => (own === 'all' ? [] : own);

const confineReports = (all: Reports, own: Organisations): Reports => ({
  summary: (range) => all.summary({ ...range, organisations: listed(own) }),
  domains: (range, limit) => all.domains({ ...range, organisations: listed(own) }, limit),
  timeline: (range, bucketMs) => all.timeline({ ...range, organisations: listed(own) }, bucketMs),
  errors: (range) => all.errors({ ...range, organisations: listed(own) }),
  events: (range, bucketMs) => all.events({ ...range, organisations: listed(own) }, bucketMs),
});

const confineSchedules = (all: Schedules, automations: Automations, own: Organisations): Schedules => ({
  ...all,
  list: async () => {
    const owned = (await automations.list()).filter(({ spec }) => isWithin(own, spec.organisation));
    const ids = new Set(owned.map(({ id }) => id));
    return (await all.list()).filter(({ automationId }) => ids.has(automationId));
  },
});
