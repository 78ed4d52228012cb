import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** What the product told the kernel, in the order of the trace. */
export type SystemCall =
  /** Bytes given to a file; durable only after its next sync. */
  | { readonly kind: 'written'; readonly file: string; readonly bytes: Buffer }
  /** The sync has returned without a fault. */
  | { readonly kind: 'synced'; readonly file: string }
  /** Bytes on their way to another process, from the moment of the call. */
  | { readonly kind: 'sent'; readonly to: string; readonly bytes: Buffer };

export const STRACE = [
  'strace',
  ...['-f', '--seccomp-bpf', '-yy', '-xx', '-s', '200000'],
  ...['-e', 'trace=pwrite64,fdatasync,fsync,write,writev,sendto,sendmsg'],
];

const BEGUN = /^(\d+)\s+(\w+)\(\d+<([^>]*)>(.*)$/;
const RESUMED = /^(\d+)\s+<\.\.\. (\w+) resumed>.*= 0$/;

/** Reads what `strace -o FILE` with the options above wrote. Threads interleave: a sync counts when it returns. */
export const readStrace = async (file: string): Promise<readonly SystemCall[]> => {
  const calls: SystemCall[] = [];
  for await (const call of systemCalls(file)) calls.push(call);
  return calls;
};

async function* systemCalls(file: string): AsyncGenerator<SystemCall, void, void> {
  const syncing = new Map<string, string>();
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const [, thread = '', name = '', target = '', rest = ''] = BEGUN.exec(line) ?? [];
    if (SYNCS.has(name)) yield* readSync(syncing, thread, target, rest);
    else if (name === '') yield* readReturn(syncing, line);
    else yield* readWrite(name, target, rest);
  }
}

const SYNCS = new Set(['fdatasync', 'fsync']);

type Syncing = Map<string, string>;
type Found = Generator<SystemCall, void, void>;

function* readSync(syncing: Syncing, thread: string, target: string, rest: string): Found {
  const file = unhex(target).toString();
  if (rest.includes('unfinished')) syncing.set(thread, file);
  else if (rest.endsWith('= 0')) yield { kind: 'synced', file };
}

function* readReturn(syncing: Syncing, line: string): Found {
  const [, thread = '', name = ''] = RESUMED.exec(line) ?? [];
  const file = syncing.get(thread);
  if (file === undefined || !SYNCS.has(name)) return;
  syncing.delete(thread);
  yield { kind: 'synced', file };
}

function* readWrite(name: string, target: string, rest: string): Found {
  const bytes = Buffer.concat(
    [...rest.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, hex]) => unhex(hex ?? '')),
  );
  if (target.startsWith('TCP:')) yield { kind: 'sent', to: target, bytes };
  else if (name === 'pwrite64') yield { kind: 'written', file: unhex(target).toString(), bytes };
}

const unhex = (text: string): Buffer => Buffer.from(text.replaceAll('\\x', ''), 'hex');
