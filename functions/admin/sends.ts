import type { z } from 'zod';
import { type ErrorCode, isErrorCode, type Language, TankError } from '../../shared/domain/errors.ts';
import { describeFault } from '../../shared/domain/mends.ts';
import { mayDo, type Principal } from '../../shared/domain/permissions.ts';
import type { DeliveryState, SendState } from '../../shared/domain/send-states.ts';
import type { SendFilter, SendRecord } from '../../shared/ports/ledger.ts';
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
  const reveal = await revealerFor(ports, runId, query, principal);
  const page = { limit, ...(cursor ? { after: cursor } : {}), ...filterOf(query) };
  const sends = await (await ports.ledger()).sends(runId, page);
  const revealed = await reveal?.(sends.map(({ id }) => id));
  const items = sends.map((send) => describeSend(send, revealed?.get(send.id), language));
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
  runId: string,
  { reveal }: SendQuery,
  principal: Principal,
): Promise<Revealer | undefined> => {
  const run = await findRun(ports, runId);
  if (reveal === undefined) return undefined;
  if (!mayDo(principal, 'sends:reveal')) throw new TankError('forbidden');
  ports.runtime.log.info('personal_data_viewed', { what: 'keys', runId, principal: principal.id });
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
  ...(send.messageId ? { messageId: send.messageId } : {}),
  ...(send.settledAt === undefined ? {} : { settledAt: new Date(send.settledAt).toISOString() }),
  ...(send.fault ? { fault: describeFault(send.fault, language) } : {}),
});
