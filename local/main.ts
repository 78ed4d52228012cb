import { runCli } from './cli/program.ts';

/** Into a pipe, what was printed leaves later than `exit` waits for: a long list would end in the middle of a line. */
const printed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((flushed) => stream.write('', () => flushed()));

const code = await runCli(process.argv.slice(2));
await Promise.all([printed(process.stdout), printed(process.stderr)]);
process.exit(code);
