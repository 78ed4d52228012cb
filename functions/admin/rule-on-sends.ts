import { csvLines } from '../../shared/domain/csv-lines.ts';
import {
  type ErrorClass,
  type ErrorCode,
  type FieldFault,
  type Language,
  TankError,
} from '../../shared/domain/errors.ts';
import { formFault } from '../../shared/domain/form-faults.ts';
import type { Ruling, SendChoice, SendRecord } from '../../shared/ports/ledger.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { feedQueue } from '../../shared/use-cases/feed-queue.ts';
import { findRun, getRun } from './runs.ts';
import { describeSend } from './sends.ts';

type To = Exclude<Ruling['to'], 'retry'>;

interface Person {
  readonly by: string;
  readonly language: Language;
}

const DAY_MS = 86_400_000;

/** Failed sends are tried again with all their tries, but not for whom another run has mailed since. */
export const retryRun = async (
  ports: Ports,
  runId: string,
  { reason, classes }: { reason: string; classes?: readonly ErrorClass[] | undefined },
  { by, language }: Person,
) => {
  const since = await mailedSince(ports, runId);
  const retried = await rule(ports, {
    runId,
    choice: classes ? { classes } : {},
    to: 'retry',
    by,
    reason,
    ...(since === undefined ? {} : { unlessSentSince: since }),
  });
  return { retried: retried.length, run: await getRun(ports, runId, language) };
};

/** As far back as the automation's recurrence looks; none: every run mails everybody. */
const mailedSince = async (ports: Ports, runId: string): Promise<number | undefined> => {
  const run = await findRun(ports, runId);
  const version = await (await ports.automations()).version(run.automationId, run.automationVersion);
  const recurrence = version?.spec.recipients.recurrence ?? { kind: 'new' };
  if (recurrence.kind === 'all') return undefined;
  return recurrence.kind === 'new' ? 0 : ports.runtime.clock.now() - recurrence.days * DAY_MS;
};

export type SettleOrder =
  | {
      readonly to: To;
      readonly reason: string;
      readonly sends?: readonly string[] | undefined;
      readonly codes?: readonly string[] | undefined;
    }
  | { readonly csv: string; readonly reason: string };

export const settleRun = async (
  ports: Ports,
  runId: string,
  order: SettleOrder,
  { by, language }: Person,
) => {
  await findRun(ports, runId);
  const rulings = 'csv' in order ? rulingsOf(order, language) : [rulingOf(order)];
  const settled: string[] = [];
  for (const ruling of rulings) settled.push(...(await rule(ports, { ...ruling, runId, by })));
  const done = new Set(settled);
  const named = rulings.flatMap(({ choice }) => ('sendIds' in choice ? choice.sendIds : []));
  return {
    settled: settled.length,
    unchanged: named.filter((id) => !done.has(id)),
    run: await getRun(ports, runId, language),
  };
};

export const settleSend = async (
  ports: Ports,
  sendId: string,
  { to, reason }: { readonly to: To; readonly reason: string },
  { by, language }: Person,
) => {
  const ledger = await ports.ledger();
  const send = await ledger.send(sendId);
  if (!send) throw new TankError('not_found', { what: 'send' });
  const settled = await rule(ports, { runId: send.runId, choice: { sendIds: [sendId] }, to, by, reason });
  if (settled.length === 0) throw unsettled(send, to);
  return describeSend((await ledger.send(sendId)) ?? send, undefined, language);
};

const unsettled = ({ state }: SendRecord, to: To): TankError =>
  to === 'pending' && state === 'held'
    ? new TankError('other_address_open')
    : new TankError('illegal_move', { what: 'send', from: state, to });

const rule = async (ports: Ports, ruling: Ruling): Promise<readonly string[]> => {
  const ledger = await ports.ledger();
  const ruled = await ledger.rule(ruling);
  const { runId, to, by } = ruling;
  if (ruled.kind === 'live') throw new TankError('run_already_live', { run: ruled.run });
  if (ruled.kind === 'closed') {
    const state = (await ledger.run(runId))?.state ?? 'failed';
    throw new TankError('run_closed', { state });
  }
  ports.runtime.log.info('sends_ruled_on', { runId, to, by, sends: ruled.sendIds.length });
  await feedQueue(ports);
  return ruled.sendIds;
};

type Wanted = Pick<Ruling, 'choice' | 'to' | 'reason'>;

const rulingOf = ({ to, reason, sends, codes }: Exclude<SettleOrder, { csv: string }>): Wanted => {
  const choice: SendChoice = sends
    ? { sendIds: sends }
    : codes
      ? { codes: codes as readonly ErrorCode[] }
      : {};
  return { to, reason, choice };
};

const TOS: readonly string[] = ['sent', 'failed', 'pending'] satisfies To[];
const MOST_FAULTS = 20;

/** All lines are read before one is acted upon; sends with the same fate and reason go together. */
const rulingsOf = (
  { csv, reason }: { csv: string; reason: string },
  language: Language,
): readonly Wanted[] => {
  const lines = csvLines(csv).filter(([send], index) => index > 0 || send !== 'send');
  const faults = lines.flatMap(([send = '', to = ''], index): FieldFault[] =>
    /^[0-9a-z]{1,32}-\d{1,12}$/.test(send) && TOS.includes(to)
      ? []
      : [formFault(`csv.${index + 1}`, 'ruling_form', language, { tos: TOS.join(', ') })],
  );
  if (faults.length > 0 || lines.length === 0)
    throw new TankError('invalid_request', {}, { fields: faults.slice(0, MOST_FAULTS) });
  const groups = new Map<string, Wanted & { readonly sendIds: string[] }>();
  for (const [send = '', to = '', own = ''] of lines) {
    const why = own === '' ? reason : own.slice(0, 200);
    const key = `${to}\n${why}`;
    const sendIds = groups.get(key)?.sendIds ?? [];
    sendIds.push(send);
    groups.set(key, { to: to as To, reason: why, sendIds, choice: { sendIds } });
  }
  return [...groups.values()];
};

export const checkTotals = async (ports: Ports) => ({
  items: (await (await ports.ledger()).totalsFaults()).map(({ runId, ...fault }) => ({
    run: runId,
    ...fault,
  })),
});
