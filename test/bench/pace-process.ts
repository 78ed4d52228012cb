import { fileURLToPath } from 'node:url';
import { createCallGates } from '../../functions/send-batch/call-gate.ts';
import { createRunKits } from '../../functions/send-batch/run-kit.ts';
import { sendBatch } from '../../functions/send-batch/send-batch.ts';
import { startApp } from '../../shared/app.ts';
import { loadSettings } from '../../shared/config/load.ts';
import { feedQueue } from '../../shared/use-cases/feed-queue.ts';
import { SendMessage } from '../../shared/wire/messages.ts';

/** One sending process of the pace bench: workers that take their batches from the queue for so many seconds. */
const [, , seconds = '10', workers = '4'] = process.argv;
const loaded = loadSettings(process.env);
if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
const thread = new URL('../../dist/sqlite-thread.mjs', import.meta.url);
const ports = startApp(loaded.settings, {
  sqlite: { host: 'thread', threadFile: thread },
  logTo: { folder: fileURLToPath(new URL(`file://${loaded.settings.dataDir}/logs`)) },
});
const shared = { ports, kits: createRunKits(ports), gates: createCallGates(ports.runtime.clock) };
const { clock } = ports.runtime;

process.send?.('ready');
await new Promise((resolve) => process.once('message', resolve));
const atStart = process.cpuUsage();
const until = clock.monotonic() + Number(seconds) * 1000;
const left = () => until - clock.monotonic();

const work = async (): Promise<void> => {
  const queue = await ports.queue();
  while (left() > 0) {
    const [message] = await queue.receive('bulk', { max: 1, visibilitySeconds: 900, waitSeconds: 0 });
    if (message) {
      await sendBatch(shared, SendMessage.parse(JSON.parse(message.body)), () => left() + CALLS_MS);
      await queue.delete('bulk', [message.receiptHandle]);
    } else if ((await feedQueue(ports)) === 0) await clock.sleep(20);
  }
};
/** The last calls may end, but none begins after the time. */
const CALLS_MS = loaded.settings.callTimeoutMs + 3_000;
await Promise.all(Array.from({ length: Number(workers) }, work));
const { user, system } = process.cpuUsage(atStart);
process.send?.({ cpuMs: (user + system) / 1000 });
process.disconnect?.();
process.exit(0);
