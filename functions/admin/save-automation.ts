import { type Language, TankError } from '../../shared/domain/errors.ts';
import { formFault } from '../../shared/domain/form-faults.ts';
import type { Principal } from '../../shared/domain/permissions.ts';
import type { GivenAutomation } from '../../shared/ports/automations.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { findAutomation } from '../../shared/use-cases/find-automation.ts';
import { readDefinition } from '../../shared/wire/automation.ts';
import { getAutomation } from './automations.ts';
import { checkAutomation } from './check-automation.ts';
import { refuseIf } from './read-definitions.ts';

export interface AutomationOrder {
  readonly document: object;
  readonly expectedVersion?: number;
}

const NO_VERSION = 0;

export const addAutomation = async (
  ports: Ports,
  document: object,
  principal: Principal,
  language: Language,
) => {
  const { id, spec } = readAutomation(document, language);
  if (await (await ports.automations()).find(id ?? spec.name))
    throw new TankError('name_taken', { what: 'automation' });
  return save(ports, { ...(id ? { id } : {}), spec, expectedVersion: NO_VERSION }, principal, language);
};

/** Under the same id, so that a new name is a rename. */
export const replaceAutomation = async (
  ports: Ports,
  idOrName: string,
  { document, ...expected }: AutomationOrder,
  principal: Principal,
  language: Language,
) => {
  const { id } = await findAutomation(ports, idOrName);
  const given = readAutomation(document, language);
  refuseIf(given.id === undefined || given.id === id ? [] : [formFault('id', 'id_stays', language, { id })]);
  return save(ports, { id, spec: given.spec, ...expected }, principal, language);
};

const readAutomation = (document: object, language: Language): GivenAutomation => {
  const read = readDefinition(document, language);
  if (!read.ok) throw new TankError('invalid_request', {}, { fields: read.faults });
  if (read.definition.kind !== 'automation') throw new TankError('internal');
  const { id, spec } = read.definition;
  return { ...(id ? { id } : {}), spec };
};

const save = async (ports: Ports, given: GivenAutomation, principal: Principal, language: Language) => {
  const automations = await ports.automations();
  const source = await automations.source(given.spec.source);
  const { faults, warnings } = await checkAutomation(ports, given.spec, source, language);
  refuseIf(faults);
  const { automations: saved } = await automations.apply({ sources: [], automations: [given] }, principal.id);
  const [one] = saved;
  if (!one) throw new TankError('internal');
  return { ...(await getAutomation(ports, one.id, language)), changed: one.changed, warnings: [...warnings] };
};
