import type { Definitions } from '../../shared/ports/automations.ts';
import type { Ports } from '../../shared/ports/ports.ts';

export interface Prune {
  readonly remove: NonNullable<Definitions['remove']>;
  /** By name, for people. */
  readonly removed: { readonly sources: readonly string[]; readonly automations: readonly string[] };
  /** What is not in the files, and stays as long as a run uses it. */
  readonly kept: readonly {
    readonly kind: 'source' | 'automation';
    readonly name: string;
    readonly by: string;
  }[];
}

export const NOTHING_PRUNED: Prune = {
  remove: { sources: [], automations: [] },
  removed: { sources: [], automations: [] },
  kept: [],
};

/** What the files do not hold any more, but for what a run still works with. */
export const planPrune = async (ports: Ports, { sources, automations }: Definitions): Promise<Prune> => {
  const [stored, ledger] = await Promise.all([ports.automations(), ports.ledger()]);
  const [allAutomations, allSources, live] = await Promise.all([
    stored.list(),
    stored.sources(),
    ledger.liveRuns(),
  ]);
  const given = new Set(automations.flatMap(({ id, spec }) => [id ?? '', spec.name]));
  const surplus = allAutomations.filter(({ id, spec }) => !given.has(id) && !given.has(spec.name));
  const runOf = (id: string) => live.find((run) => run.automationId === id)?.id;
  const archived = surplus.filter(({ id }) => runOf(id) === undefined);

  // What stays in the files may have moved to another source: what it uses from now on is what counts.
  const moving = new Set(
    allAutomations.filter((one) => archived.includes(one) || !surplus.includes(one)).map(({ id }) => id),
  );
  const needed = await neededSources(ports, moving, automations);
  const surplusSources = allSources
    .map(({ spec }) => spec.name)
    .filter((name) => !sources.some(({ spec }) => spec.name === name));
  const deleted = surplusSources.filter((name) => !needed.has(name));
  return {
    remove: { automations: archived.map(({ id }) => id), sources: deleted },
    removed: { automations: archived.map(({ spec }) => spec.name), sources: deleted },
    kept: [
      ...surplus.flatMap(({ id, spec }) => {
        const by = runOf(id);
        return by ? [{ kind: 'automation' as const, name: spec.name, by }] : [];
      }),
      ...surplusSources.flatMap((name) => {
        const by = needed.get(name);
        return by ? [{ kind: 'source' as const, name, by }] : [];
      }),
    ],
  };
};

/** Sources by name, with who needs them when those automations do not any more. */
const neededSources = async (
  ports: Ports,
  without: ReadonlySet<string>,
  given: Definitions['automations'],
): Promise<ReadonlyMap<string, string>> => {
  const uses = await (await ports.automations()).sourceUses();
  return new Map([
    ...uses
      .filter(({ run, automationId }) => run !== undefined || !without.has(automationId))
      .map(({ source, run, automation }) => [source, run ?? automation] as const),
    ...given.map(({ spec }) => [spec.source, spec.name] as const),
  ]);
};
