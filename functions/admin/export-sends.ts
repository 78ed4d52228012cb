import { BYTE_ORDER_MARK, csvLine } from '../../shared/domain/csv-text.ts';
import type { Language } from '../../shared/domain/errors.ts';
import type { Principal } from '../../shared/domain/permissions.ts';
import type { Ledger } from '../../shared/ports/ledger.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { Streamed } from '../../shared/wire/streamed.ts';
import type { Revealer } from './reveal-keys.ts';
import { findRun } from './runs.ts';
import { type DescribedSend, describeSend, filterOf, revealerFor, type SendQuery } from './sends.ts';

const PAGE = 1000;

/** All sends that the filters leave, in one file, read page by page while it is written. */
export const exportSends = async (
  ports: Ports,
  runId: string,
  query: SendQuery,
  principal: Principal,
  language: Language,
): Promise<Streamed> => {
  const reveal = await revealerFor(ports, await findRun(ports, runId), query, principal);
  ports.runtime.log.info('sends_exported', { runId, principal: principal.id, keys: reveal !== undefined });
  const ledger = await ports.ledger();
  return new Streamed(`run-${runId}.csv`, linesOf({ ledger, runId, query, reveal, language }));
};

interface Export {
  readonly ledger: Ledger;
  readonly runId: string;
  readonly query: SendQuery;
  readonly reveal: Revealer | undefined;
  readonly language: Language;
}

async function* linesOf({ ledger, runId, query, reveal, language }: Export): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + csvLine(COLUMNS.map(([name]) => name));
  let after = query.cursor;
  for (;;) {
    const page = { limit: PAGE, ...(after ? { after } : {}), ...filterOf(query) };
    const sends = await ledger.sends(runId, page);
    const revealed = await reveal?.(sends.map(({ id }) => id));
    if (sends.length > 0)
      yield sends.map((send) => toLine(describeSend(send, revealed?.get(send.id), language))).join('');
    if (sends.length < PAGE) return;
    after = sends.at(-1)?.id;
  }
}

/** Names are for programs and stay; the texts are in the language of the caller. */
const COLUMNS: readonly (readonly [
  name: string,
  of: (send: DescribedSend) => string | number | undefined,
])[] = [
  ['send', ({ send }) => send],
  ['key', ({ key }) => key],
  ['address', ({ address }) => address],
  // What has no domain is kept with a hyphen, which a spreadsheet would take for the begin of a formula.
  ['domain', ({ domain }) => (domain === '-' ? '' : domain)],
  ['state', ({ state }) => state],
  ['delivery', ({ delivery }) => delivery],
  ['attempts', ({ attempts }) => attempts],
  ['settledAt', ({ settledAt }) => settledAt],
  ['writeBack', ({ writeBack }) => writeBack],
  ['code', ({ fault }) => fault?.code],
  ['class', ({ fault }) => fault?.class],
  ['column', ({ fault }) => fault?.facts.column],
  ['file', ({ fault, files }) => files?.find(({ column }) => column === fault?.facts.column)?.name],
  ['detail', ({ fault }) => fault?.detail],
  ['mend', ({ fault }) => fault?.mend],
  ['attempt', ({ attempt }) => attempt],
  ['calledAt', ({ calledAt }) => calledAt],
];

const toLine = (send: DescribedSend): string => csvLine(COLUMNS.map(([, of]) => of(send)));
