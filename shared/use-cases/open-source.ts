import type { SourceSpec } from '../domain/automation.ts';
import { TankError } from '../domain/errors.ts';
import type { Ports } from '../ports/ports.ts';
import type { Source, SourceReport } from '../ports/source.ts';

type SourcePorts = Pick<Ports, 'runtime' | 'sources' | 'automations'>;

/** Looked at once while it stays open: rights that a person gives later are seen after a restart or a change. */
const vetted = new WeakSet<Source>();

/** The source of this name, unless its account may do more than Tank needs. */
export const openSource = async (ports: SourcePorts, name: string): Promise<Source> => {
  const spec = await (await ports.automations()).source(name);
  if (!spec) throw new TankError('unknown_source', { source: name });
  return openVetted(ports, spec);
};

export const openVetted = async (ports: SourcePorts, spec: SourceSpec): Promise<Source> => {
  const source = await (await ports.sources()).open(spec);
  if (vetted.has(source)) return source;
  refuseMighty(ports, spec, await source.test());
  vetted.add(source);
  return source;
};

/** An account that can change tables or rights would make every fault of a query a disaster. */
export const refuseMighty = (
  { runtime }: Pick<Ports, 'runtime'>,
  spec: SourceSpec,
  { tooMighty }: Pick<SourceReport, 'tooMighty'>,
): void => {
  if (tooMighty.length === 0) return;
  const privileges = tooMighty.join(', ');
  if (spec.waiver === undefined) throw new TankError('source_too_mighty', { source: spec.name, privileges });
  runtime.log.warn('source_waiver_used', { source: spec.name, privileges, waiver: spec.waiver });
};
