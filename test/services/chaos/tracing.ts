import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Why no process can be traced here; undefined when one can. */
export const whyNoTracing = (): string | undefined => {
  const tried = spawnSync('strace', [
    '-f',
    '--seccomp-bpf',
    '-o',
    '/dev/null',
    '-e',
    'trace=fdatasync',
    'true',
  ]);
  if (tried.error) return 'strace is not installed';
  return tried.status === 0
    ? undefined
    : `strace may not trace here: ${tried.stderr.toString().slice(0, 200)}`;
};

/** Starts what follows under strace, which kills it as it enters the so-manieth sync of the store's log. */
export const killAtSync = (dataDir: string, after: number): readonly string[] => [
  'strace',
  ...['-f', '-o', '/dev/null', '-P', join(dataDir, 'tank.db-wal')],
  ...['-e', 'trace=fdatasync,fsync', '-e', `inject=fdatasync,fsync:signal=SIGKILL:when=${after}`],
];
