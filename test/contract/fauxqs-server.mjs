import { startFauxqs } from 'fauxqs';

/** Prints its port, and ends when whoever started it closes the other end of stdin. */
const { port } = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
console.log(port);
process.stdin.resume().once('end', () => process.exit(0));
