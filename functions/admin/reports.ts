import { type Language, TankError } from '../../shared/domain/errors.ts';
import { type FormFaultCode, formFault } from '../../shared/domain/form-faults.ts';
import { describeCode } from '../../shared/domain/mends.ts';
import { DAY_MS, HOUR_MS } from '../../shared/domain/schedule/civil.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { ReportRange } from '../../shared/ports/reports.ts';

export interface ReportQuery {
  readonly range?: '24h' | '7d' | '30d' | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly organisation?: string | undefined;
}

const LENGTHS = { '24h': DAY_MS, '7d': 7 * DAY_MS, '30d': 30 * DAY_MS } as const;
const LONGEST_MS = 93 * DAY_MS;

export const rangeOf = (
  { runtime }: Ports,
  { range, from, to, organisation }: ReportQuery,
  language: Language,
): ReportRange => {
  const refuse = (field: string, code: FormFaultCode): never => {
    throw new TankError('invalid_request', {}, { fields: [formFault(field, code, language)] });
  };
  if (range && (from || to)) refuse('query.range', 'range_twice');
  const end = to ? Date.parse(to) : runtime.clock.now();
  const begin = from ? Date.parse(from) : end - LENGTHS[range ?? '24h'];
  if (begin >= end) refuse('query.from', 'range_backwards');
  if (end - begin > LONGEST_MS) refuse('query.from', 'range_long');
  return { from: begin, to: end, ...(organisation ? { organisation } : {}) };
};

export const shown = ({ from, to }: ReportRange) => ({
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
});

export const reportSummary = async (ports: Ports, query: ReportQuery, language: Language) => {
  const range = rangeOf(ports, query, language);
  return { ...shown(range), ...(await (await ports.reports()).summary(range)) };
};

export const reportDomains = async (
  ports: Ports,
  query: ReportQuery & { readonly limit: number },
  language: Language,
) => {
  const range = rangeOf(ports, query, language);
  return { ...shown(range), items: [...(await (await ports.reports()).domains(range, query.limit))] };
};

/** 93 days by the hour are 2,232 points: still one picture. */
export const reportTimeline = async (ports: Ports, query: ReportQuery, language: Language) => {
  const range = rangeOf(ports, query, language);
  const points = await (await ports.reports()).timeline(range, HOUR_MS);
  const items = points.map((point) => ({ ...point, at: new Date(point.at).toISOString() }));
  return { ...shown(range), bucketSeconds: HOUR_MS / 1000, items };
};

export const listErrors = async (ports: Ports, query: ReportQuery, language: Language) => {
  const range = rangeOf(ports, query, language);
  const errors = await (await ports.reports()).errors(range);
  return { ...shown(range), items: errors.map((one) => ({ ...one, ...describeCode(one.code, language) })) };
};
