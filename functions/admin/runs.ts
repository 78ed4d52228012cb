import type { z } from 'zod';
import { describeError, type Language, TankError } from '../../shared/domain/errors.ts';
import type { SendState } from '../../shared/domain/send-states.ts';
import type { Run, SendRecord } from '../../shared/ports/ledger.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { describeRun } from '../../shared/use-cases/describe-run.ts';
import { feedQueue } from '../../shared/use-cases/feed-queue.ts';
import type { SendReply } from '../../shared/wire/replies.ts';

interface Page {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export const findRun = async (ports: Ports, id: string): Promise<Run> => {
  const run = await (await ports.ledger()).run(id);
  if (!run) throw new TankError('not_found', { what: 'run' });
  return run;
};

export const listRuns = async (
  ports: Ports,
  { limit, cursor, automation }: Page & { automation?: string | undefined },
  language: Language,
) => {
  const ledger = await ports.ledger();
  const found = automation ? await (await ports.automations()).find(automation) : undefined;
  if (automation && !found) throw new TankError('not_found', { what: 'automation' });
  const runs = await ledger.runs({
    limit,
    ...(cursor ? { after: cursor } : {}),
    ...(found ? { automationId: found.id } : {}),
  });
  const items = await Promise.all(runs.map((run) => describeRun(ledger, run, language)));
  return { items, nextCursor: nextCursor(runs, limit) };
};

export const listSends = async (
  ports: Ports,
  runId: string,
  { limit, cursor, state }: Page & { state?: SendState | undefined },
  language: Language,
) => {
  await findRun(ports, runId);
  const ledger = await ports.ledger();
  const sends = await ledger.sends(runId, {
    limit,
    ...(cursor ? { after: cursor } : {}),
    ...(state ? { states: [state] } : {}),
  });
  return { items: sends.map((send) => describeSend(send, language)), nextCursor: nextCursor(sends, limit) };
};

export const pauseRun = async (ports: Ports, id: string, reason: string, author: string): Promise<Run> => {
  const run = await findRun(ports, id);
  if (run.finishedAt !== undefined)
    throw new TankError('illegal_move', { what: 'run', from: run.state, to: 'paused' });
  await (await ports.ledger()).hold({ id: ports.runtime.id(), scope: 'run', scopeId: id, reason, author });
  return run;
};

/** Lifting one hold never lifts another; without a name, those are lifted that persons have put on this run. */
export const resumeRun = async (
  ports: Ports,
  id: string,
  hold: string | undefined,
  by: string,
): Promise<Run> => {
  const run = await findRun(ports, id);
  const ledger = await ports.ledger();
  const lifted = (await ledger.holdsOn(run)).filter((one) =>
    hold ? one.id === hold : one.scope === 'run' && one.author !== 'tank',
  );
  if (hold && lifted.length === 0) throw new TankError('not_found', { what: 'hold' });
  for (const one of lifted) await ledger.liftHold(one.id, by);
  await feedQueue(ports);
  return run;
};

export const cancelRun = async (ports: Ports, id: string, by: string): Promise<Run> => {
  const run = await findRun(ports, id);
  if (!(await (await ports.ledger()).cancelRun(id, by)))
    throw new TankError('illegal_move', { what: 'run', from: run.state, to: 'cancelled' });
  return findRun(ports, id);
};

const nextCursor = (items: readonly { readonly id: string }[], limit: number): string | null =>
  items.length === limit ? (items.at(-1)?.id ?? null) : null;

const describeSend = (send: SendRecord, language: Language): z.input<typeof SendReply> => ({
  send: send.id,
  address: send.addressMasked,
  domain: send.domain,
  state: send.state,
  delivery: send.delivery,
  attempts: send.attempts,
  writeBack: send.writeBack,
  ...(send.messageId ? { messageId: send.messageId } : {}),
  ...(send.settledAt === undefined ? {} : { settledAt: new Date(send.settledAt).toISOString() }),
  ...(send.fault
    ? { fault: { ...send.fault, detail: describeError(send.fault.code, send.fault.facts, language) } }
    : {}),
});
