import type { z } from 'zod';
import { type ErrorCode, isErrorCode, type Language, TankError } from '../../shared/domain/errors.ts';
import { attemptId } from '../../shared/domain/identifiers.ts';
import { describeFault } from '../../shared/domain/mends.ts';
import { mayDo, type Principal } from '../../shared/domain/permissions.ts';
import type { DeliveryState, SendState } from '../../shared/domain/send-states.ts';
import type { Run, SendFilter, SendRecord } from '../../shared/ports/ledger.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { nextCursor } from '../../shared/wire/cursor.ts';
import type { SendReply } from '../../shared/wire/replies.ts';
import { createRevealer, type Revealed, type Revealer } from './reveal-keys.ts';
import { findRun } from './runs.ts';

export interface SendQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly state?: SendState | undefined;
  readonly delivery?: DeliveryState | undefined;
  readonly code?: string | undefined;
  readonly domain?: string | undefined;
  readonly reveal?: 'keys' | undefined;
}

export type DescribedSend = z.input<typeof SendReply>;

export const listSends = async (
  ports: Ports,
  runId: string,
  query: SendQuery,
  principal: Principal,
  language: Language,
) => {
  const { limit, cursor } = query;
  const run = await findRun(ports, runId);
  const reveal = await revealerFor(ports, run, query, principal);
  const page = { limit, ...(cursor ? { after: cursor } : {}), ...filterOf(query) };
  const sends = await (await ports.ledger()).sends(runId, page);
  const revealed = await reveal?.(sends.map(({ id }) => id));
  const later = await laterEvents(ports, run, sends);
  const items = sends.map((send) => ({
    ...describeSend(send, revealed?.get(send.id), language),
    ...(later.has(send.id) ? { laterEvents: later.get(send.id) } : {}),
  }));
  return { items, nextCursor: nextCursor(sends, limit) };
};

export const filterOf = ({ state, delivery, code, domain }: SendQuery): SendFilter => ({
  ...(state ? { states: [state] } : {}),
  ...(delivery ? { delivery } : {}),
  ...(code && isErrorCode(code) ? { code: code satisfies ErrorCode } : {}),
  ...(domain ? { domain } : {}),
});

/** Who asks for keys must be allowed to see them; that he has seen them is written down. */
export const revealerFor = async (
  ports: Ports,
  run: Run,
  { reveal }: SendQuery,
  principal: Principal,
): Promise<Revealer | undefined> => {
  if (reveal === undefined) return undefined;
  if (!mayDo(principal, 'sends:reveal')) throw new TankError('forbidden');
  ports.runtime.log.info('personal_data_viewed', { what: 'keys', runId: run.id, principal: principal.id });
  return createRevealer(ports, run);
};

export const describeSend = (
  send: SendRecord,
  revealed: Revealed | undefined,
  language: Language,
): DescribedSend => ({
  send: send.id,
  ...(revealed ? { key: revealed.key, files: [...revealed.files] } : {}),
  address: send.addressMasked,
  domain: send.domain,
  state: send.state,
  delivery: send.delivery,
  attempts: send.attempts,
  writeBack: send.writeBack,
  ...evidenceOf(send),
  ...(send.messageId ? { messageId: send.messageId } : {}),
  ...(send.settledAt === undefined ? {} : { settledAt: new Date(send.settledAt).toISOString() }),
  ...(send.fault ? { fault: describeFault(send.fault, language) } : {}),
});

const evidenceOf = ({ id, calls, calledAt }: SendRecord): Pick<DescribedSend, 'attempt' | 'calledAt'> =>
  calledAt === undefined ? {} : { attempt: attemptId(id, calls), calledAt: new Date(calledAt).toISOString() };

/** For those that are in doubt, or held for it: what a person needs to know to decide about them. */
const laterEvents = async (
  ports: Ports,
  { transport }: Run,
  sends: readonly SendRecord[],
): Promise<ReadonlyMap<string, boolean>> => {
  if (ports.evidence(transport) !== 'events') return new Map();
  const doubtful = sends.filter(isDoubtful);
  const times = doubtful.flatMap(({ calledAt }) => calledAt ?? []);
  if (times.length === 0) return new Map();
  const ledger = await ports.ledger();
  const since = (calledAt: number) => ledger.evidenceSince(transport, calledAt);
  // An event of a later mail than the last of them is one for all: most often one question answers for the page.
  const [earliest, latest] = [Math.min(...times), Math.max(...times)];
  const one = (await since(latest)) || ((await since(earliest)) ? undefined : false);
  const answers = doubtful.map(
    async ({ id, calledAt = latest }) => [id, one ?? (await since(calledAt))] as const,
  );
  return new Map(await Promise.all(answers));
};

const isDoubtful = ({ state, fault }: SendRecord): boolean =>
  state === 'in_doubt' || (state === 'held' && fault?.code === 'transport_doubtful');
