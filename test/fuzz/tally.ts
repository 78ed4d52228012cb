import type { Described } from './draw.ts';
import type { FuzzAnswer, Judge } from './judge.ts';
import type { FuzzRequest } from './requests.ts';

export interface Exchange {
  readonly operation: Described;
  readonly asked: FuzzRequest;
  /** An error: there is none. */
  readonly answer: FuzzAnswer | Error;
  /** The first answer came too late, and this is the second. */
  readonly isSecond: boolean;
}

const NAMES_KEPT = 200;
const MOST_FAULTS = 40;

/** Judges and counts; keeps names that answers told, but not those of `people`. */
export const createTally = (people: readonly string[], judge: Judge) => {
  const names = new Set<string>();
  const statuses: Record<string, number> = {};
  const faults: string[] = [];
  let [sent, late, slowestMs] = [0, 0, 0];

  const count = ({ status, ms, body }: FuzzAnswer): void => {
    statuses[status] = (statuses[status] ?? 0) + 1;
    slowestMs = Math.max(slowestMs, ms);
    const found = status < 300 ? namesIn(body) : [];
    for (const name of found) if (!people.includes(name)) names.add(name);
  };

  return {
    faults,
    sent: () => sent,
    names: () => [...names].slice(-NAMES_KEPT),
    add: (exchange: Exchange): void => {
      const { operation, answer, isSecond } = exchange;
      sent += 1;
      if (isSecond) late += 1;
      const fault = answer instanceof Error ? `has no answer: ${answer.message}` : judge(operation, answer);
      if (fault && faults.length < MOST_FAULTS) faults.push(describe(exchange, fault));
      if (!(answer instanceof Error)) count(answer);
    },
    told: () =>
      `${sent} sent, ${faults.length} faults, ${late} late once, slowest ${slowestMs.toFixed(0)} ms ${JSON.stringify(statuses)}`,
    result: () => ({ sent, late, statuses, slowestMs: Math.round(slowestMs) }),
  };
};

const describe = ({ asked, answer }: Exchange, fault: string): string => {
  const got = answer instanceof Error ? '' : ` ${answer.status} ${answer.body.slice(0, 400)}`;
  const body = asked.body?.toString().slice(0, 600) ?? '';
  return `${asked.method} ${asked.path.slice(0, 300)} as ${asked.caller} ${JSON.stringify(asked.headers)} ${body} → ${fault}${got}`;
};

const NAME = /"(?:id|run|send|name|automation|source)":"([^"\\]{1,100})"/g;
/** Of the accounts that ask. */
const OWN = /^fuzz-/;

const namesIn = (body: string): string[] =>
  [...body.matchAll(NAME)].flatMap(([, name]) => (name && !OWN.test(name) ? [name] : []));
