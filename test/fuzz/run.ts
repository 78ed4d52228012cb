import { scrapMachines } from '../support/tank.ts';
import { type Described, draw, operationsOf, problemOf } from './draw.ts';
import { createJudge, isLate } from './judge.ts';
import type { FuzzRequest } from './requests.ts';
import { createSender } from './send.ts';
import { createTally, type Exchange } from './tally.ts';
import { openFuzzWorld } from './world.ts';

interface FuzzOptions {
  readonly requests: number;
  readonly seed: number;
  readonly progress?: (line: string) => void;
}

export interface FuzzResult {
  readonly sent: number;
  /** Too late once, and sent again. */
  readonly late: number;
  readonly operations: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly slowestMs: number;
  readonly faults: readonly string[];
}

const CONNECTIONS = 8;
const ROUND = 5_000;

/** Generated requests to every operation of the document of a running daemon; each answer is held against it. */
export const runFuzz = async ({ requests, seed, progress }: FuzzOptions): Promise<FuzzResult> => {
  const world = await openFuzzWorld();
  const { send, close } = createSender(world.daemon.url, CONNECTIONS);
  await world.lay();
  const document = await world.call('GET', '/api/openapi.json');
  const operations = operationsOf(document, await world.examples());
  const tally = createTally(world.people, createJudge(problemOf(document)));
  for (let round = 0; tally.sent() < requests; round += 1) {
    await world.lay();
    await world.run();
    const tokens = await world.tokens();
    const left = draw(operations, tally.names(), Math.min(ROUND, requests - tally.sent()), seed + round);
    const ask = (asked: FuzzRequest) => send(asked, tokens.get(asked.caller)).catch((error: Error) => error);
    const work = async () => {
      for (let next = left.pop(); next; next = left.pop()) tally.add(await exchange(next, ask));
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

interface Drawn {
  readonly operation: Described;
  readonly asked: FuzzRequest;
}

/** On a machine that others load, anything may be late once; what hangs is so again. */
const exchange = async (
  { operation, asked }: Drawn,
  ask: (asked: FuzzRequest) => Promise<Exchange['answer']>,
): Promise<Exchange> => {
  const answer = await ask(asked);
  const isSecond = !(answer instanceof Error) && isLate(operation.path, answer.ms);
  return { operation, asked, answer: isSecond ? await ask(asked) : answer, isSecond };
};

const isCrash = (line: string): boolean =>
  /"event":"(http_handler_failed|http_exchange_failed|http_door_failed|tick_failed)"/.test(line);
