import { mkdir, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MAX_MAIL_BYTES, type OutgoingMail } from '../../domain/mail.ts';
import { spliceMail } from '../../domain/mime/compose.ts';
import { Encodings } from '../../domain/mime/encodings.ts';
import { prepareMail } from '../../domain/mime/prepare.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { Clock } from '../../ports/runtime.ts';
import type { Evidence, Transport } from '../../ports/transport.ts';
import { isCode } from './durable-file.ts';
import { fileOf, RunFolder, syncFolder } from './run-folder.ts';

const TOKEN = /^[A-Za-z0-9_-]{1,64}$/;
/** Runs remembered as opened; a forgotten one is looked through again. */
const MAX_FOLDERS = 64;
/** Faults of the disk that pass: the mail is certainly not there, and can be written later. */
const PASSING = new Set(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'EIO', 'EROFS']);

/** Writes mails as files beneath `<dataDir>/outbox/<run>/<attempt>.eml`; none leaves the machine. */
export const createOutboxTransport = (dataDir: string, clock: Clock): Transport => {
  const outbox = new Outbox(join(dataDir, 'outbox'), clock);
  return {
    name: 'outbox',
    evidence: 'lookup',
    send: (mail, signal) => outbox.send(mail, signal),
    lookup: (attemptIds) => outbox.lookup(attemptIds),
    limits: async () => ({ maxMailBytes: MAX_MAIL_BYTES }),
    close: async () => {},
  };
};

class Outbox {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #encodings = new Encodings();
  readonly #folders = new Map<string, Promise<RunFolder>>();

  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  async send(mail: OutgoingMail, signal: AbortSignal): Promise<Outcome> {
    const now = this.#clock.now();
    const prepared = prepareMail(mail, now);
    if (!prepared.ok) return prepared.outcome;
    if (!TOKEN.test(mail.runId)) return { kind: 'stopped', code: 'internal' };
    if (signal.aborted) return { kind: 'unreached', code: 'ABORT_ERR' };
    const { plan } = prepared;
    try {
      const folder = await this.#folderOf(mail.runId);
      await folder.add(plan, spliceMail(plan, this.#encodings), now, signal);
      return { kind: 'accepted', messageId: plan.messageId };
    } catch (fault) {
      return this.#outcomeOf(fault, mail, signal);
    }
  }

  /** Files are named by their attempts; a name that is found is synced before it counts as evidence. */
  async lookup(attemptIds: readonly string[]): Promise<ReadonlyMap<string, Evidence>> {
    const runs = await this.#runs();
    const found = await Promise.all(attemptIds.map((id) => this.#find(runs, id)));
    for (const run of new Set(found.flatMap(({ run }) => run ?? []))) await syncFolder(join(this.#path, run));
    return new Map(found.map(({ id, evidence }) => [id, evidence]));
  }

  /** After a fault the disk is asked: the mail is there, or not, or nobody can say. */
  async #outcomeOf(fault: unknown, mail: OutgoingMail, signal: AbortSignal): Promise<Outcome> {
    const code =
      fault instanceof Error && 'code' in fault && typeof fault.code === 'string' ? fault.code : 'internal';
    const isThere = await exists(join(this.#path, mail.runId, fileOf(mail.attemptId)));
    if (isThere !== false) return { kind: 'doubtful', code };
    if (signal.aborted) return { kind: 'unreached', code: 'ABORT_ERR' };
    return { kind: PASSING.has(code) ? 'temporary' : 'stopped', code };
  }

  #folderOf(runId: string): Promise<RunFolder> {
    const known = this.#folders.get(runId);
    if (known) return known;
    const opening = this.#openFolder(runId).catch((fault: unknown) => {
      this.#folders.delete(runId);
      throw fault;
    });
    this.#folders.set(runId, opening);
    for (const oldest of this.#folders.keys()) {
      if (this.#folders.size <= MAX_FOLDERS) break;
      this.#folders.delete(oldest);
    }
    return opening;
  }

  async #openFolder(runId: string): Promise<RunFolder> {
    await mkdir(this.#path, { recursive: true, mode: 0o700 });
    return RunFolder.open(join(this.#path, runId), this.#path, this.#clock.now());
  }

  async #runs(): Promise<string[]> {
    return readdir(this.#path).catch((fault: unknown) => {
      if (isCode(fault, 'ENOENT')) return [];
      throw fault;
    });
  }

  async #find(
    runs: readonly string[],
    id: string,
  ): Promise<{ id: string; run?: string; evidence: Evidence }> {
    if (!TOKEN.test(id)) return { id, evidence: { kind: 'absent' } };
    for (const run of runs) {
      const path = join(this.#path, run, fileOf(id));
      const isThere = await exists(path);
      if (isThere === undefined) return { id, evidence: { kind: 'unknown' } };
      if (isThere) return { id, run, evidence: { kind: 'accepted', messageId: await readMessageId(path) } };
    }
    return { id, evidence: { kind: 'absent' } };
  }
}

/** Undefined: the disk did not say. */
const exists = async (path: string): Promise<boolean | undefined> => {
  try {
    return (await stat(path)).isFile();
  } catch (fault) {
    return isCode(fault, 'ENOENT') || isCode(fault, 'ENOTDIR') ? false : undefined;
  }
};

/** The header stands in the first lines; the mail may have megabytes. */
const readMessageId = async (path: string): Promise<string> => {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(16_384), position: 0 });
    return /\r\nMessage-ID: (\S+)\r\n/.exec(buffer.toString('latin1', 0, bytesRead))?.[1] ?? '';
  } finally {
    await file.close();
  }
};
