import { closeSync, fchmodSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Where lines go. pino's own transports start a worker by its path, and a bundle has no such path. */
export interface LineSink {
  write(line: string): void;
}

/**
 * One file a day in the folder, for its owner only. Writes are synchronous: a line is in the file when
 * the process dies, and costs some 10 µs. A line that cannot be written (disk full) is given up.
 */
export const dayFile = (folder: string, now: () => number): LineSink => {
  let open: { readonly day: string; readonly fd: number } | undefined;

  const fileOf = (day: string): number => {
    if (open?.day === day) return open.fd;
    if (open) closeSync(open.fd);
    open = undefined;
    open = { day, fd: openForAppending(folder, day) };
    return open.fd;
  };

  return {
    write: (line) => {
      try {
        writeSync(fileOf(dayOf(now())), line);
      } catch {
        // A full disk stops claims elsewhere; it must not stop the process by its log.
      }
    },
  };
};

const openForAppending = (folder: string, day: string): number => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const fd = openSync(join(folder, `tank-${day}.log`), 'a', 0o600);
  // A file that somebody made before keeps its mode when it is opened.
  fchmodSync(fd, 0o600);
  return fd;
};

/** In the machine's own zone: the day that its operator would name. */
const dayOf = (at: number): string => {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
};
