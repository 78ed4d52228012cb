import fc from 'fast-check';
import { scrapMachines } from '../support/tank.ts';
import { createJudge, type Documented, type FuzzAnswer } from './judge.ts';
import { type FuzzRequest, type Operation, requestsTo } from './requests.ts';
import { createSender } from './send.ts';
import type { Schema } from './values.ts';
import { openFuzzWorld } from './world.ts';

export interface FuzzOptions {
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

type Described = Operation & Documented;

const CONNECTIONS = 8;
const ROUND = 5_000;
/** A hash takes a third of a second, and no more than two are made at once. */
const HASHES = /\/auth\/(login|confirm|password|totp)|\/invitations\/accept|\/users(\/first|\/\{id\}\/password)?$/;
const SHARE_OF_HASHES = 0.1;
const MOST_FAULTS = 40;

/** Generated requests to every operation of the document of a running daemon; each answer is held against it. */
export const runFuzz = async ({ requests, seed, progress }: FuzzOptions): Promise<FuzzResult> => {
  const world = await openFuzzWorld();
  const { send, close } = createSender(world.daemon.url, CONNECTIONS);
  const judge = createJudge();
  await world.lay();
  const operations = operationsOf(await world.call('GET', '/api/openapi.json'), await world.examples());
  const ids = new Set<string>();
  const statuses: Record<string, number> = {};
  const faults: string[] = [];
  let [sent, slowestMs] = [0, 0];

  const ask = async (operation: Described, asked: FuzzRequest, token: string | undefined) => {
    const answer = await send(asked, token).catch((error: Error) => error);
    sent += 1;
    const fault = answer instanceof Error ? `has no answer: ${answer.message}` : judge(operation, answer);
    if (fault && faults.length < MOST_FAULTS) faults.push(describe(asked, answer, fault));
    if (answer instanceof Error) return;
    statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
    slowestMs = Math.max(slowestMs, answer.ms);
    if (answer.status < 300) idsIn(answer.body).filter((id) => !world.people.includes(id)).forEach((id) => ids.add(id));
  };

  for (let round = 0; sent < requests; round += 1) {
    await world.lay();
    await world.run();
    const tokens = await world.tokens();
    const left = drawn(operations, [...ids].slice(-200), Math.min(ROUND, requests - sent), seed + round);
    await Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        for (let next = left.pop(); next; next = left.pop())
          await ask(next.operation, next.asked, tokens.get(next.asked.caller));
      }),
    );
    progress?.(`${sent} sent, ${faults.length} faults, slowest ${slowestMs.toFixed(0)} ms ${JSON.stringify(statuses)}`);
  }
  for (const line of world.log().split('\n').filter(isCrash)) faults.push(`log: ${line.slice(0, 500)}`);
  close();
  const { code } = await world.daemon.stop();
  if (code !== 0) faults.push(`the daemon ended with ${code}`);
  await scrapMachines();
  return { sent, operations: operations.length, statuses, slowestMs, faults };
};

const isCrash = (line: string): boolean =>
  /"event":"(http_handler_failed|http_exchange_failed|http_door_failed|tick_failed)"/.test(line);

const describe = (asked: FuzzRequest, answer: FuzzAnswer | Error, fault: string): string => {
  const got = answer instanceof Error ? '' : ` ${answer.status} ${answer.body.slice(0, 400)}`;
  const body = asked.body?.toString().slice(0, 600) ?? '';
  return `${asked.method} ${asked.path.slice(0, 300)} as ${asked.caller} ${JSON.stringify(asked.headers)} ${body} → ${fault}${got}`;
};

/** A round of requests in an order of its own; the same seed gives the same, but for the ids that were seen. */
const drawn = (operations: readonly Described[], ids: readonly string[], count: number, seed: number) => {
  const shares = operations.map((operation) => (HASHES.test(operation.path) ? SHARE_OF_HASHES : 1));
  const whole = shares.reduce((sum, share) => sum + share, 0);
  const all = operations.flatMap((operation, index) => {
    const numRuns = Math.ceil((count * (shares[index] ?? 1)) / whole);
    return fc.sample(requestsTo(operation, ids), { seed: seed * 1_000 + index, numRuns }).map((asked) => ({ operation, asked }));
  });
  const [mixed = []] = fc.sample(fc.shuffledSubarray(all, { minLength: Math.min(count, all.length) }), { seed, numRuns: 1 });
  return mixed.slice(0, count);
};

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
}

interface DocumentedOperation extends Documented {
  readonly parameters: Operation['parameters'];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

const operationsOf = (document: unknown, examples: Readonly<Record<string, readonly unknown[]>>): Described[] =>
  Object.entries((document as Document).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters, requestBody, responses }]) => ({
      method: method.toUpperCase(),
      path,
      parameters,
      body: requestBody?.content['application/json']?.schema,
      responses,
      examples: examples[path] ?? [],
    })),
  );

const ID = /"(?:id|run|send|name|automation|source)":"([^"\\]{1,100})"/g;
const OWN = /^fuzz-/;

/** Names to go on with; but not of the accounts that ask. */
const idsIn = (body: string): string[] =>
  [...body.matchAll(ID)].flatMap(([, id]) => (id && !OWN.test(id) ? [id] : []));
