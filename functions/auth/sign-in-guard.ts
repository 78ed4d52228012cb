import { callerOf } from '../../shared/domain/address-range.ts';
import { TankError } from '../../shared/domain/errors.ts';
import { judge, type Standing } from '../../shared/domain/rate-limit.ts';
import type { Addition } from '../../shared/ports/counters.ts';
import type { AuthPorts, Caller } from './auth-ports.ts';
import { record } from './record.ts';

const MINUTE_MS = 60_000;
const WINDOW_MS = 5 * MINUTE_MS;
const FAILURES = 5;
const LOCK_MS = 30 * MINUTE_MS;
const FIRST = { position: 1, previous: 0, elapsedMs: 0 };
const BUSY_SECONDS = 3;

/** Failures of one address over many names, or of one name from many addresses, before each further one costs time. */
const FREE_FAILURES = 10;
const FAILURES_WITHOUT_PUZZLE = 3;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 8_000;

/** Who tries to come in as whom: what is counted, and what is locked. */
export interface Attempt {
  /** A keyed hash: people type passwords into the field of the name. */
  readonly nameHash: string;
  /** Of a browser that this account has signed in with. */
  readonly deviceId: string | undefined;
  readonly caller: Caller;
}

export interface Admission {
  readonly locked: boolean;
  /** Counts towards the lock, and tells who may care. */
  refuse(): Promise<void>;
  /** Forgets the failures before. */
  welcome(): Promise<void>;
}

/**
 * Counted before the password is looked at: of a thousand guesses at once only five are looked at. Everything
 * here goes by the name that was typed, so that an account that is there and one that is not are treated alike.
 */
export const admit = async (ports: AuthPorts, attempt: Attempt): Promise<Admission> => {
  const { clock } = ports.runtime;
  const address = callerOf(attempt.caller.address);
  const lockId = attempt.deviceId ? `device|${attempt.deviceId}` : `${attempt.nameHash}|${address}`;
  const own = { key: attemptKey(lockId), windowMs: WINDOW_MS };
  const spread = spreadOf(attempt);
  const [counters, locks, signals] = await Promise.all([
    ports.counters(),
    ports.signInLocks(),
    ports.signals(),
  ]);
  const [[standing], failures, lock] = await Promise.all([
    counters.add([own]),
    counters.look(spread),
    locks.find(lockId, clock.now()),
  ]);
  const verdict = judge(standing ?? FIRST, FAILURES, WINDOW_MS);
  // More at once than may fail: what becomes of the first five is not known yet.
  if (!lock && !verdict.allowed) throw new TankError('too_many_requests', { seconds: BUSY_SECONDS });
  const isKnown = attempt.deviceId !== undefined;
  if (!isKnown) await clock.sleep(waitAfter(mostOf(failures)));

  const lockOut = async (): Promise<void> => {
    const until = clock.now() + LOCK_MS;
    if (!(await locks.add({ id: lockId, nameHash: attempt.nameHash, address, until }, clock.now()))) return;
    await signals.note('locked_sign_in', address);
    await record(ports, attempt.caller, {
      event: 'sign-in.locked',
      outcome: 'done',
      actor: attempt.nameHash,
    });
  };

  return {
    locked: lock !== undefined,
    refuse: async () => {
      await Promise.all([counters.add(spread), signals.note('failed_sign_in', address)]);
      if (!lock && verdict.remaining === 0) await lockOut();
    },
    welcome: () => counters.reset([own.key]),
  };
};

/** Where puzzles are set: of a name or an address that has failed a few times, from no browser that is known. */
export const demandCaptcha = async (
  ports: AuthPorts,
  attempt: Attempt,
  answer: string | undefined,
): Promise<void> => {
  const captcha = await ports.captcha();
  if (!captcha || attempt.deviceId !== undefined) return;
  if (mostOf(await (await ports.counters()).look(spreadOf(attempt))) < FAILURES_WITHOUT_PUZZLE) return;
  if (!answer || !(await captcha.solved(answer, attempt.caller.address)))
    throw new TankError('captcha_required');
};

const spreadOf = ({ nameHash, caller }: Attempt): readonly Addition[] => [
  { key: `failures|address|${callerOf(caller.address)}`, windowMs: WINDOW_MS },
  { key: `failures|name|${nameHash}`, windowMs: WINDOW_MS },
];

const mostOf = (failures: readonly Standing[]): number =>
  Math.max(...failures.map(({ position, previous }) => position + previous));

const attemptKey = (lockId: string): string => `attempt|${lockId}`;

/** Doubles with every fifth failure, so that thousands of guesses take days; a person hardly notices the first. */
const waitAfter = (failures: number): number => {
  if (failures < FREE_FAILURES) return 0;
  return Math.min(FIRST_WAIT_MS * 2 ** Math.floor((failures - FREE_FAILURES) / 5), LONGEST_WAIT_MS);
};

/** Lifts what stands against a name, wherever it was typed. */
export const unlock = async (ports: AuthPorts, nameHash: string): Promise<void> => {
  const lifted = await (await ports.signInLocks()).lift(nameHash);
  await (await ports.counters()).reset([
    ...lifted.map(({ id }) => attemptKey(id)),
    `failures|name|${nameHash}`,
  ]);
};

export const nameHashOf = async (ports: Pick<AuthPorts, 'vault'>, name: string): Promise<string> =>
  (await (await ports.vault()).hasher())('sign-in', name);
