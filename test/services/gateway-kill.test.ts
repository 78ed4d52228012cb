import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { gatewayClient, layOutGateway } from '../support/gateway.ts';
import { mailsIn, newMachine, scrapMachines, startTank } from '../support/tank.ts';

/** `npm run kills:gateway` asks for the 1,000 of a night. */
const ROUNDS = Number(process.env.TANK_TEST_KILL_ROUNDS ?? 50);
const SENDERS = 8;
const LONGEST_LIFE_MS = 400;
/** A night leaves hundreds of thousands of messages. */
const FOR_ALL_MS = 120_000 + ROUNDS * 5_000;
const READ_AT_ONCE = 100;

beforeAll(() => ensureBuilt(), 60_000);
afterEach(scrapMachines);

interface Order {
  readonly key: string;
  /** None: the daemon died before it could answer. */
  message?: string;
}

const subjectsOf = async (files: readonly string[]): Promise<string[]> => {
  const subjects: string[] = [];
  for (let from = 0; from < files.length; from += READ_AT_ONCE) {
    const some = files.slice(from, from + READ_AT_ONCE);
    const mails = await Promise.all(some.map((file) => readFile(file, 'utf8')));
    subjects.push(...mails.map((mail) => /^Subject: (\S+)/m.exec(mail)?.[1] ?? ''));
  }
  return subjects;
};

const bodyOf = ({ key }: Order) => ({
  from: 'billing@example.com',
  to: 'kim@example.com',
  subject: key,
  text: 'Hello',
});

test(
  `what was answered with 202 is sent, and sent once, although the daemon is killed ${ROUNDS} times`,
  async () => {
    const machine = await newMachine({ TANK_LOG_LEVEL: 'warn' });
    const bundle = await layOutGateway(machine);
    const known = new Set<Order>();
    const place = async (client: ReturnType<typeof gatewayClient>, order: Order): Promise<boolean> => {
      try {
        const { status, json } = await client.post(bodyOf(order), { 'idempotency-key': order.key });
        expect(status).toBe(202);
        const id = String(json.message);
        // A key that was answered before keeps its message for good.
        expect(order.message ?? id).toBe(id);
        order.message = id;
        return true;
      } catch (fault) {
        if (fault instanceof Error && 'code' in fault) return false;
        throw fault;
      }
    };

    for (let round = 0; round < ROUNDS; round += 1) {
      const daemon = await startTank(machine, ['serve']);
      const client = gatewayClient(bundle, SENDERS);
      // As clients do: what was not answered is asked again with its key, and some of what was.
      const again = [...known].filter(({ message }, n) => message === undefined || n % 50 === round % 50);
      let answers = 0;
      const senders = Array.from({ length: SENDERS }, async (_, sender) => {
        for (let n = 0; ; n += 1) {
          const order = again.shift() ?? { key: `order-${round}-${sender}-${n}` };
          known.add(order);
          if (!(await place(client, order))) return;
          answers += 1;
        }
      });
      // A daemon takes its first message slowly: it is killed before that, and in full swing.
      if (round % 2 === 0)
        await expect.poll(() => answers, { timeout: 30_000, interval: 10 }).toBeGreaterThan(0);
      await sleep(50 + Math.random() * LONGEST_LIFE_MS);
      await daemon.stop('SIGKILL');
      await Promise.all(senders);
      client.close();
    }

    const orders = [...known];
    const daemon = await startTank(machine, ['serve']);
    const client = gatewayClient(bundle, SENDERS);
    for (const order of orders.filter(({ message }) => message === undefined))
      expect(await place(client, order)).toBe(true);
    await expect
      .poll(async () => (await mailsIn(machine)).length, { timeout: FOR_ALL_MS, interval: 500 + ROUNDS * 10 })
      .toBeGreaterThanOrEqual(orders.length);
    const states = new Map<string, number>();
    for (const { message = '' } of orders) {
      const settled = async () =>
        ((await client.get(message)).json.recipients as { state: string }[])[0]?.state;
      await expect.poll(settled, { timeout: 60_000 }).not.toMatch(/pending|sending|retry|in_doubt/);
      const state = String(await settled());
      states.set(state, (states.get(state) ?? 0) + 1);
    }
    const subjects = (await subjectsOf(await mailsIn(machine))).sort();
    console.log(
      `${ROUNDS} kills, ${orders.length} messages, ${[...states].join(' ')}, ${subjects.length} mails`,
    );
    expect(orders.length).toBeGreaterThan(ROUNDS * SENDERS);
    expect(subjects).toEqual(orders.map(({ key }) => key).sort());
    expect([...states.keys()]).toEqual(['sent']);
    client.close();
    await daemon.stop();
  },
  2 * FOR_ALL_MS + ROUNDS * 20_000,
);
