import { setFlagsFromString } from 'node:v8';
import { runCli } from './cli/program.ts';

/** Left to itself, V8 lets garbage double the heap before it collects: a third more memory, and no less work. */
setFlagsFromString('--heap-growing-percent=20');

/** Into a pipe, what was printed leaves later than `exit` waits for: a long list would end in the middle of a line. */
const printed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((flushed) => stream.write('', () => flushed()));

/** Whoever reads us may stop reading, as `head` does; the work goes on, and a daemon above all. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (fault: NodeJS.ErrnoException) => {
    if (fault.code !== 'EPIPE') throw fault;
  });
}

const code = await runCli(process.argv.slice(2));
await Promise.all([printed(process.stdout), printed(process.stderr)]);
process.exit(code);
