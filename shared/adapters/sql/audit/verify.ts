import type { AuditFaultKind } from '../../../domain/audit-event.ts';
import type { AuditFault, AuditVerdict, RecordedEntry } from '../../../ports/audit.ts';
import type { Database } from '../../../ports/database.ts';
import { number, text } from '../ledger/context.ts';
import type { AppendOnlyFile } from './append-only-file.ts';
import { BEGINNING, COLUMNS, type Head, hashOf, toEntry } from './chain.ts';
import { CHECKPOINT_EVERY, isGenuine, readCheckpoint, type Sealing } from './checkpoints.ts';

interface Chain {
  readonly database: Database;
  readonly sealing: Sealing;
  /** Where the chain stands when it is asked for. */
  readonly head: () => Promise<Head>;
  /** The first entry to look at; the one before it is believed when what lies outside the store agrees. */
  readonly from: number;
  readonly files?: { readonly entries: AppendOnlyFile; readonly checkpoints: AppendOnlyFile };
}

/** What lies outside the store: which hash an entry had when it was written or signed. */
interface Anchors {
  readonly hashes: ReadonlyMap<number, string>;
  readonly sequences: ReadonlyMap<string, number>;
  readonly checkpoints: ReadonlySet<number>;
  readonly last: number;
}

const CHUNK = 1_000;
const MOST = 100;

/** Every entry against the one before it, and all of them against what was laid down elsewhere. */
export const verifyChain = async (chain: Chain): Promise<AuditVerdict> => {
  const faults: AuditFault[] = [];
  const fault = (sequence: number, kind: AuditFaultKind): void => {
    if (faults.length < MOST) faults.push({ sequence, kind });
  };
  const { from } = chain;
  const before = await readBefore(chain);
  const anchors = await readAnchors(chain, before.at, fault);
  // After the files and before the entries: what others write meanwhile is neither missed nor taken for a change.
  const head = await chain.head();
  let last: Head = before;
  let entries = 0;
  const told = anchors.hashes.get(before.sequence);
  if (told !== undefined && told !== before.hash) fault(before.sequence, 'rebuilt');
  const sql = `SELECT ${COLUMNS} FROM audit_entry WHERE seq >= ? AND seq <= ? ORDER BY seq`;
  for await (const rows of chain.database.stream(sql, [from, head.sequence], CHUNK)) {
    for (const entry of rows.map(toEntry)) {
      const kind = judge(entry, last, anchors);
      if (kind) fault(kind === 'missing' ? last.sequence + 1 : entry.sequence, kind);
      last = entry;
      entries += 1;
    }
  }
  if (last.sequence < Math.max(anchors.last, head.sequence)) fault(last.sequence + 1, 'tail_cut');
  else if (head.hash !== last.hash) fault(last.sequence, 'edited');
  if (chain.files) demandCheckpoints(anchors, fault);
  return {
    from,
    entries,
    checkpoints: anchors.checkpoints.size,
    faults: faults.sort((a, b) => a.sequence - b.sequence),
  };
};

/** Where the part begins that is looked at. */
const readBefore = async ({ database, from }: Chain): Promise<Head & { readonly at: number }> => {
  if (from === 1) return { ...BEGINNING, at: 0 };
  const [row] = await database.all('SELECT hash, at FROM audit_entry WHERE seq = ?', [from - 1]);
  // Without it, the first that follows does not fit to anything.
  return { sequence: from - 1, hash: row ? text(row.hash) : '', at: row ? number(row.at) : 0 };
};

const judge = (
  entry: RecordedEntry,
  last: Head,
  { hashes, sequences }: Anchors,
): AuditFaultKind | undefined => {
  if (entry.sequence !== last.sequence + 1) return 'missing';
  if (entry.hash !== hashOf(entry, last.hash)) {
    const told = sequences.get(entry.hash);
    return told !== undefined && told !== entry.sequence ? 'reordered' : 'edited';
  }
  const told = hashes.get(entry.sequence);
  return told !== undefined && told !== entry.hash ? 'rebuilt' : undefined;
};

type Report = (sequence: number, kind: AuditFaultKind) => void;

const readAnchors = async (chain: Chain, since: number, fault: Report): Promise<Anchors> => {
  const hashes = new Map<number, string>();
  for await (const line of chain.files?.entries.lines(since) ?? NOTHING) {
    const head = readHeadOf(line);
    if (head && head.sequence >= chain.from - 1) hashes.set(head.sequence, head.hash);
  }
  const checkpoints = new Set<number>();
  for await (const { sequence, hash } of genuineCheckpoints(chain, since, fault)) {
    checkpoints.add(sequence);
    // Before a line of the other file: this one is sealed.
    hashes.set(sequence, hash);
  }
  const sequences = new Map([...hashes].map(([sequence, hash]) => [hash, sequence]));
  // Not by Math.max: a year holds more entries than a call takes arguments.
  let last = 0;
  for (const sequence of hashes.keys()) if (sequence > last) last = sequence;
  return { hashes, sequences, checkpoints, last };
};

async function* genuineCheckpoints({ files, sealing, from }: Chain, since: number, fault: Report) {
  const hasher = await sealing.hasher();
  const ring = await (await sealing.secrets()).signingKeys();
  for await (const line of files?.checkpoints.lines(since) ?? NOTHING) {
    const checkpoint = readCheckpoint(line);
    if (!checkpoint || !isGenuine(checkpoint, hasher, ring))
      fault(checkpoint?.sequence ?? 0, 'checkpoint_forged');
    else if (checkpoint.sequence >= from - 1) yield checkpoint;
  }
}

const NOTHING: readonly string[] = [];

const readHeadOf = (line: string): Head | undefined => {
  try {
    const { sequence, hash }: Partial<Head> = JSON.parse(line);
    return sequence !== undefined && hash ? { sequence, hash } : undefined;
  } catch {
    // The last line of a process that was killed while it wrote.
    return undefined;
  }
};

/** Whoever lays down the hundredth entry here signs here as well. */
const demandCheckpoints = ({ hashes, checkpoints }: Anchors, fault: Report): void => {
  for (const sequence of hashes.keys())
    if (sequence % CHECKPOINT_EVERY === 0 && !checkpoints.has(sequence))
      fault(sequence, 'checkpoint_missing');
};
