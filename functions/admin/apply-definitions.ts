import { type Language, TankError } from '../../shared/domain/errors.ts';
import { mayDo, type Principal } from '../../shared/domain/permissions.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { checkAll } from './check-definitions.ts';
import { NOTHING_PRUNED, planPrune } from './prune-definitions.ts';
import { type Document, demandSourceRight, readDefinitions } from './read-definitions.ts';

export interface ApplyOrder {
  readonly documents: readonly Document[];
  readonly prune: boolean;
}

/** Everything is read and checked before anything is saved; the faults of all documents come in one answer. */
export const applyDefinitions = async (
  ports: Ports,
  { documents, prune }: ApplyOrder,
  principal: Principal,
  language: Language,
) => {
  const definitions = readDefinitions(documents, language);
  await demandSourceRight(ports, definitions, principal);
  if (prune && !mayDo(principal, 'sources:write')) throw new TankError('forbidden');
  const warnings = await checkAll(ports, definitions, language);
  const plan = prune ? await planPrune(ports, definitions) : NOTHING_PRUNED;
  const saved = await (await ports.automations()).apply(
    { ...definitions, remove: plan.remove },
    principal.id,
  );
  ports.runtime.log.info('definitions_applied', {
    principal: principal.id,
    changed: [...saved.sources, ...saved.automations].filter(({ changed }) => changed).length,
    removed: plan.remove.sources.length + plan.remove.automations.length,
  });
  const { sources, automations } = saved;
  return {
    sources: [...sources],
    automations: [...automations],
    removed: { sources: [...plan.removed.sources], automations: [...plan.removed.automations] },
    kept: [...plan.kept],
    warnings: [...warnings],
  };
};
