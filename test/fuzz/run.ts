import { scrapMachines } from '../support/tank.ts';
import { type Described, draw, operationsOf } from './draw.ts';
import { createJudge, type FuzzAnswer } from './judge.ts';
import type { FuzzRequest } from './requests.ts';
import { createSender } from './send.ts';
import { openFuzzWorld } from './world.ts';

interface FuzzOptions {
  readonly requests: number;
  readonly seed: number;
  readonly progress?: (line: string) => void;
}

export interface FuzzResult {
  readonly sent: number;
  readonly operations: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly slowestMs: number;
  readonly faults: readonly string[];
}

const CONNECTIONS = 8;
const ROUND = 5_000;
const NAMES_KEPT = 200;
const MOST_FAULTS = 40;

/** Generated requests to every operation of the document of a running daemon; each answer is held against it. */
export const runFuzz = async ({ requests, seed, progress }: FuzzOptions): Promise<FuzzResult> => {
  const world = await openFuzzWorld();
  const tally = createTally(world.people);
  const { send, close } = createSender(world.daemon.url, CONNECTIONS);
  await world.lay();
  const operations = operationsOf(await world.call('GET', '/api/openapi.json'), await world.examples());
  for (let round = 0; tally.sent() < requests; round += 1) {
    await world.lay();
    await world.run();
    const tokens = await world.tokens();
    const left = draw(operations, tally.names(), Math.min(ROUND, requests - tally.sent()), seed + round);
    const work = async () => {
      for (let next = left.pop(); next; next = left.pop()) {
        const { operation, asked } = next;
        tally.add(
          operation,
          asked,
          await send(asked, tokens.get(asked.caller)).catch((error: Error) => error),
        );
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, work));
    progress?.(tally.told());
  }
  close();
  const { code } = await world.daemon.stop();
  const crashes = world.log().split('\n').filter(isCrash);
  await scrapMachines();
  const endings = code === 0 ? [] : [`the daemon ended with ${code}`];
  return {
    ...tally.result(),
    operations: operations.length,
    faults: [...tally.faults, ...crashes, ...endings],
  };
};

const isCrash = (line: string): boolean =>
  /"event":"(http_handler_failed|http_exchange_failed|http_door_failed|tick_failed)"/.test(line);

const createTally = (people: readonly string[]) => {
  const judge = createJudge();
  const names = new Set<string>();
  const statuses: Record<string, number> = {};
  const faults: string[] = [];
  let [sent, slowestMs] = [0, 0];
  return {
    faults,
    sent: () => sent,
    names: () => [...names].slice(-NAMES_KEPT),
    add: (operation: Described, asked: FuzzRequest, answer: FuzzAnswer | Error): void => {
      sent += 1;
      const fault = answer instanceof Error ? `has no answer: ${answer.message}` : judge(operation, answer);
      if (fault && faults.length < MOST_FAULTS) faults.push(describe(asked, answer, fault));
      if (answer instanceof Error) return;
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      slowestMs = Math.max(slowestMs, answer.ms);
      const found = answer.status < 300 ? namesIn(answer.body) : [];
      for (const name of found) if (!people.includes(name)) names.add(name);
    },
    told: () =>
      `${sent} sent, ${faults.length} faults, slowest ${slowestMs.toFixed(0)} ms ${JSON.stringify(statuses)}`,
    result: () => ({ sent, statuses, slowestMs: Math.round(slowestMs) }),
  };
};

const describe = (asked: FuzzRequest, answer: FuzzAnswer | Error, fault: string): string => {
  const got = answer instanceof Error ? '' : ` ${answer.status} ${answer.body.slice(0, 400)}`;
  const body = asked.body?.toString().slice(0, 600) ?? '';
  return `${asked.method} ${asked.path.slice(0, 300)} as ${asked.caller} ${JSON.stringify(asked.headers)} ${body} → ${fault}${got}`;
};

const NAME = /"(?:id|run|send|name|automation|source)":"([^"\\]{1,100})"/g;
/** Of the accounts that ask. */
const OWN = /^fuzz-/;

const namesIn = (body: string): string[] =>
  [...body.matchAll(NAME)].flatMap(([, name]) => (name && !OWN.test(name) ? [name] : []));
