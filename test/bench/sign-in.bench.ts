import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createAuthHandler } from '../../functions/auth/handler.ts';
import { nameHashOf } from '../../functions/auth/sign-in-guard.ts';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { createScryptPasswords } from '../../shared/adapters/identity/scrypt-passwords.ts';
import { sqliteDialect } from '../../shared/adapters/sql/dialects/sqlite.ts';
import { migrate } from '../../shared/adapters/sql/migrate.ts';
import { openSqlite } from '../../shared/adapters/sqlite/database.ts';
import { ask, identityPorts, PASSWORD } from '../fixtures/identity.ts';
import { newMachine, scrapMachines, startTank } from '../support/tank.ts';

/** What guesses cost us, and what their time tells. */
const STORM = 5_000;
/** Nearly as many connections as the door takes. */
const CONNECTIONS = 990;
const WATCH = fileURLToPath(new URL('../fixtures/health-watch.mjs', import.meta.url));
/** The limits that would send nearly all of them away before a hash is even thought of. */
const RAISED = { TANK_LIMIT_GLOBAL: '1000000', TANK_LIMIT_ADDRESS: '1000000', TANK_LIMIT_LOGIN: '1000000' };
const BAR = { healthMs: 500, apartMs: 5 };

const told = (what: string, holds: boolean): void => {
  console.log(`${what}: ${holds ? 'holds' : 'FALLS SHORT'}`);
  if (!holds) process.exitCode = 1;
};

const mostMemoryMib = (pid: number): number =>
  Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

/** From a process of its own, so that what the storm costs its sender is not taken for the daemon's. */
const watchHealth = async (url: string) => {
  const child = spawn(process.execPath, [WATCH, `${url}/health`], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  await lines.next();
  return async (): Promise<{ checks: number; refused: readonly number[]; most: number; median: number }> => {
    child.stdin.write('enough\n');
    return JSON.parse((await lines.next()).value);
  };
};

const guess = (url: string, agent: Agent, name: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    request(`${url}/api/v1/auth/login`, { agent, method: 'POST', headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    })
      .on('error', reject)
      .end(JSON.stringify({ name, password: 'wrong' }));
  });

const benchStorm = async (): Promise<void> => {
  const daemon = await startTank(await newMachine(RAISED), ['serve']);
  const enough = await watchHealth(daemon.url);
  const before = mostMemoryMib(daemon.pid);
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const guesses = Array.from({ length: STORM }, (_, n) => guess(daemon.url, agent, `guess-${n}`));
  const answers = await Promise.all(guesses);
  const { checks, refused, most, median } = await enough();
  agent.destroy();
  const more = mostMemoryMib(daemon.pid) - before;
  const lookedAt = answers.filter((status) => status === 401).length;
  const sentAway = answers.filter((status) => status === 429).length;
  told(
    `${STORM} wrong sign-ins at once: ${lookedAt} looked at, ${sentAway} sent away, ${STORM - lookedAt - sentAway} otherwise, ${more.toFixed(0)} MiB more; health at most ${most.toFixed(0)} ms, median ${median.toFixed(1)}, in ${checks} checks`,
    lookedAt + sentAway === STORM && refused.length === 0 && most < BAR.healthMs,
  );
  await daemon.stop();
  await scrapMachines();
};

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

const KINDS = ['unknown name', 'wrong password', 'locked', 'shut', 'from elsewhere'] as const;
type Kind = (typeof KINDS)[number];

/** A hash of 10 ms hides less of what is done around it than one of 330 ms, and there is one in each case. */
const CHEAP = { log2N: 12, r: 8, p: 1 };

/** Each sample has a name and an address of its own, in an order that is drawn, so that neither delays nor drift show. */
const benchTiming = async (samples: number): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'tank-timing-'));
  const database = await openSqlite(join(folder, 'tank.db'), { host: 'inline' });
  await migrate(database, sqliteDialect);
  const world = await identityPorts({ database });
  const passwords = createScryptPasswords(CHEAP);
  const passwordHash = await passwords.hash(PASSWORD);
  const handler = createAuthHandler({ ...world.ports, passwords: async () => passwords });
  const locks = await world.ports.signInLocks();
  const took = new Map<Kind, number[]>(KINDS.map((kind) => [kind, []]));
  const left = KINDS.flatMap((kind) => Array.from({ length: samples }, () => kind));
  for (let n = 0; left.length > 0; n += 1) {
    const [kind = 'unknown name'] = left.splice(randomInt(left.length), 1);
    const [name, address] = [`person-${n}`, `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`];
    if (kind !== 'unknown name')
      await world.accounts.add({
        id: world.runtime.id(),
        name,
        role: 'viewer',
        organisations: [],
        addressRanges: kind === 'from elsewhere' ? ['192.0.2.0/24'] : [],
        passwordHash,
        epoch: 1,
        mustChangePassword: false,
        createdAt: 0,
        ...(kind === 'shut' && { disabledAt: 1 }),
      });
    if (kind === 'locked') {
      const nameHash = await nameHashOf(world.ports, name);
      const now = world.runtime.clock.now();
      await locks.add({ id: `${nameHash}|${address}`, nameHash, address, until: now + 60_000 }, now);
    }
    // The right password where only the lock, the account or the address speaks against it.
    const password = kind === 'wrong password' || kind === 'unknown name' ? 'wrong' : PASSWORD;
    const startedAt = performance.now();
    const reply = await ask(handler, 'POST /api/v1/auth/login', { body: { name, password }, from: address });
    took.get(kind)?.push(performance.now() - startedAt);
    if (reply.json.code !== 'wrong_credentials') throw new Error(`${kind}: ${JSON.stringify(reply.json)}`);
  }
  const medians = [...took].map(([kind, times]) => [kind, median(times)] as const);
  const apart = Math.max(...medians.map(([, ms]) => ms)) - Math.min(...medians.map(([, ms]) => ms));
  const all = medians.map(([kind, ms]) => `${kind} ${ms.toFixed(2)}`).join(', ');
  told(`${samples} samples each: ${all} ms; ${apart.toFixed(2)} ms apart`, apart <= BAR.apartMs);
  await database.close();
  rmSync(folder, { recursive: true });
};

await ensureBuilt();
await benchStorm();
await benchTiming(2_000);
