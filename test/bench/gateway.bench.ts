import { readFileSync } from 'node:fs';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { type GatewayClient, gatewayClient, layOutGateway } from '../support/gateway.ts';
import { newMachine, scrapMachines, startTank } from '../support/tank.ts';
import { holdBar } from './bars.ts';

/**
 * Messages that a real daemon accepts over kept connections with mutual TLS, each with its durable commit, and sends
 * on meanwhile. The load comes from this process, on the same machine. Wall-clock figures of a busy machine say little: the CPU
 * time of the daemon a message is printed beside them.
 */
const SECONDS = 10;
const CONNECTIONS = 32;
const STEADY = 200;
const MESSAGE = JSON.stringify({
  from: 'billing@example.com',
  to: 'kim@example.com',
  subject: '청구서',
  html: `<p>${'안녕하세요 '.repeat(50)}</p>`,
});

const cpuMs = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
};

const timed = async (client: GatewayClient): Promise<number> => {
  const since = performance.now();
  const { status } = await client.post(MESSAGE);
  if (status !== 202) throw new Error(`answered ${status}`);
  return performance.now() - since;
};

/** As many as it takes, so many at a time. */
const flood = async (client: GatewayClient): Promise<number[]> => {
  const taken: number[] = [];
  const until = performance.now() + SECONDS * 1000;
  const caller = async () => {
    while (performance.now() < until) taken.push(await timed(client));
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, caller));
  return taken;
};

/** So many a second, whether the last one was answered or not. */
const steady = async (client: GatewayClient): Promise<number[]> => {
  const calls: Promise<number>[] = [];
  const since = performance.now();
  for (let n = 0; n < STEADY * SECONDS; n += 1) {
    const waitMs = since + (n * 1000) / STEADY - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    calls.push(timed(client));
  }
  return Promise.all(calls);
};

const quantile = (sorted: readonly number[], q: number): number => sorted[Math.floor(sorted.length * q)] ?? 0;

await ensureBuilt();
try {
  const machine = await newMachine({ TANK_LOG_LEVEL: 'warn' });
  const client = gatewayClient(await layOutGateway(machine), CONNECTIONS);
  const daemon = await startTank(machine, ['serve']);
  await Promise.all(Array.from({ length: CONNECTIONS * 4 }, () => timed(client)));
  for (const [name, load] of [
    [`${CONNECTIONS} connections`, flood],
    [`${STEADY}/s`, steady],
  ] as const) {
    const [cpu, since] = [cpuMs(daemon.pid), performance.now()];
    const taken = (await load(client)).sort((a, b) => a - b);
    const perSecond = (taken.length / (performance.now() - since)) * 1000;
    const cpuEach = (cpuMs(daemon.pid) - cpu) / taken.length;
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((q) => quantile(taken, q));
    console.log(
      `${name}: ${perSecond.toFixed(0)}/s, p50 ${p50?.toFixed(1)} ms, p99 ${p99?.toFixed(1)} ms, ${cpuEach.toFixed(2)} ms of CPU each`,
    );
    if (load === flood)
      holdBar({ name: 'accepted and sent on', measured: perSecond, atLeast: 500, unit: 'messages/s' });
    else holdBar({ name: `p95 at ${STEADY}/s`, measured: p95 ?? Number.NaN, below: 50, unit: 'ms' });
  }
  client.close();
  await daemon.stop();
} finally {
  await scrapMachines();
}
