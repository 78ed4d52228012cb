import { parentPort, workerData } from 'node:worker_threads';
import { packFault } from './faults.ts';
import type { Opening, SqliteHost } from './host.ts';
import { InlineHost } from './inline-host.ts';
import type { Answer, Call } from './thread-messages.ts';

/** The entry of the thread: the build makes a file of its own from it. */
const serve = async (opening: Opening, say: (answer: Answer) => void): Promise<void> => {
  const host = await InlineHost.open(opening);
  parentPort?.on('message', (call: Call) => void answer(host, call).then(say));
  say({ id: 0, value: undefined });
};

const answer = async (host: SqliteHost, { id, verb, args }: Call): Promise<Answer> => {
  try {
    // The caller's side is typed by SqliteHost, verb by verb; TypeScript cannot follow the pair through here.
    const perform = host[verb] as (...args: unknown[]) => Promise<unknown>;
    const value = await perform.apply(host, [...args]);
    if (verb === 'close') parentPort?.unref();
    return { id, value };
  } catch (thrown) {
    return { id, fault: packFault(thrown) };
  }
};

const say = (answer: Answer): void => parentPort?.postMessage(answer);
serve(workerData, say).catch((thrown: unknown) => say({ id: 0, fault: packFault(thrown) }));
