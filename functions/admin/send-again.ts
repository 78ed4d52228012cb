import type { AutomationSpec } from '../../shared/domain/automation.ts';
import { TankError } from '../../shared/domain/errors.ts';
import { batchId, sendId } from '../../shared/domain/identifiers.ts';
import { decodePayload, encodePayload, payloadPlace, type SendPayload } from '../../shared/domain/payload.ts';
import { fillDatePattern } from '../../shared/domain/schedule/date-pattern.ts';
import type { NewRun, PlannedSend, Run } from '../../shared/ports/ledger.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { Again, StoredSend } from '../../shared/ports/run-gates.ts';
import { feedQueue } from '../../shared/use-cases/feed-queue.ts';
import { findFiles } from '../../shared/use-cases/find-files.ts';
import { findRun } from './runs.ts';

export interface AgainOrder extends Again {
  readonly by: string;
  readonly idempotencyKey?: string;
}

/**
 * One mail of a finished run once more, as a run of its own that leaves the totals of the first alone. Version,
 * target row and business date are those of then; the mapping queries are asked anew, and the files of the
 * business date are looked for anew, so that a statement which was put right goes out right.
 */
export const sendAgain = async (ports: Ports, order: AgainOrder): Promise<Run> => {
  const ledger = await ports.ledger();
  const send = await ledger.send(order.sendId);
  if (!send) throw new TankError('not_found', { what: 'send' });
  const origin = await findRun(ports, send.runId);
  demandSettled(origin, send);
  await demandUnsuppressed(ports, origin, send);
  const run = newRun(ports, origin, order);
  const started = await ledger.startAgain(run, await planAgain(ports, origin, send, run.id));
  if (!started) throw notRepeatable(origin, (await ledger.send(send.id)) ?? send);
  if (started.kind === 'live') throw new TankError('run_already_live', { run: started.run.id });
  if (started.run.again?.sendId !== order.sendId) throw new TankError('idempotency_conflict');
  ports.runtime.log.info('sent again', { runId: started.run.id, send: order.sendId, by: order.by });
  await feedQueue(ports);
  return started.run;
};

/** What may still go out, or may have gone out, is settled first: a second mail must not be an accident. */
const demandSettled = (origin: Run, send: StoredSend): void => {
  const { state, fault } = send;
  const mayRepeat =
    state === 'sent' || state === 'failed' || (state === 'skipped' && fault?.class === 'attachment');
  // A client's run is open all day; what stands in it is as settled as it ever will be.
  const isOver = origin.finishedAt !== undefined || origin.client !== undefined;
  if (!isOver || !mayRepeat) throw notRepeatable(origin, send);
};

const notRepeatable = (origin: Run, { id, state }: StoredSend): TankError =>
  new TankError('send_not_repeatable', { send: id, state, run: origin.state });

const demandUnsuppressed = async (ports: Ports, origin: Run, { addressHash }: StoredSend): Promise<void> => {
  const reasons = await (await ports.suppressions()).among([addressHash], origin);
  const reason = reasons.get(addressHash);
  if (reason) throw new TankError('recipient_suppressed', { reason });
};

/** A person asks for this one mail now: it goes before bulk, and neither window nor canary keeps it. */
const newRun = ({ runtime }: Ports, origin: Run, order: AgainOrder): NewRun & { readonly again: Again } => ({
  id: runtime.id(),
  automationId: origin.automationId,
  automationVersion: origin.automationVersion,
  automationName: origin.automationName,
  organisation: origin.organisation,
  fromIdentity: origin.fromIdentity,
  transport: origin.transport,
  businessDate: origin.businessDate,
  lane: 'urgent',
  writesBack: origin.writesBack,
  declinable: origin.declinable,
  startedBy: order.by,
  startedAt: runtime.clock.now(),
  countsAt: origin.startedAt,
  again: { sendId: order.sendId, reason: order.reason },
  ...(origin.client === undefined ? {} : { client: origin.client }),
  ...(order.idempotencyKey ? { idempotencyKey: order.idempotencyKey } : {}),
});

const planAgain = async (
  ports: Ports,
  origin: Run,
  send: StoredSend,
  runId: string,
): Promise<PlannedSend> => {
  const vault = await ports.vault();
  const [before, after] = await Promise.all([vault.open(origin.id), vault.open(runId)]);
  const payload = decodePayload(before.decrypt(payloadPlace(send.id), send.payload));
  if (origin.client !== undefined) await demandContent(ports, payload.key);
  const id = sendId(runId, 0);
  const { keyHash, addressHash, addressMasked, domain } = send;
  return {
    id,
    batchId: batchId(runId, 0),
    keyHash,
    occurrence: 1,
    addressHash,
    addressMasked,
    domain,
    payload: after.encrypt(
      payloadPlace(id),
      encodePayload({ ...payload, files: await filesAgain(ports, origin, payload) }),
    ),
    state: 'pending',
  };
};

const demandContent = async ({ messages }: Ports, message: string): Promise<void> => {
  if (!(await (await messages()).content(message))) throw new TankError('not_found', { what: 'message' });
};

const filesAgain = async (ports: Ports, origin: Run, { row }: SendPayload): Promise<SendPayload['files']> => {
  // What a client has written carries its files within itself.
  if (origin.client !== undefined) return [];
  const attachments = (await specOf(ports, origin)).attachments;
  if (!attachments) return [];
  const folder = fillDatePattern(attachments.folder, origin.businessDate);
  const opened = await (await ports.attachments()).open(folder);
  const { files, faults } = await findFiles(opened, attachments, row);
  const [fault] = faults;
  if (fault) throw new TankError(fault.code, fault.facts);
  return files;
};

const specOf = async (ports: Ports, run: Run): Promise<AutomationSpec> => {
  const version = await (await ports.automations()).version(run.automationId, run.automationVersion);
  if (!version) throw new TankError('not_found', { what: 'automation' });
  return version.spec;
};
