import { TankError } from '../../shared/domain/errors.ts';
import { judge } from '../../shared/domain/rate-limit.ts';
import type { Account } from '../../shared/ports/accounts.ts';
import type { AuthPorts } from './auth-ports.ts';

const WINDOW_MS = 5 * 60_000;
const TRIES = 5;

/** Of somebody who is signed in already: who finds a browser open, or has stolen a token, must not guess the password with it. */
export const prove = async <T>(
  ports: AuthPorts,
  { id }: Pick<Account, 'id'>,
  work: () => Promise<T>,
): Promise<T> => {
  const counters = await ports.counters();
  const tries = { key: `proof|${id}`, windowMs: WINDOW_MS };
  const [standing] = await counters.add([tries]);
  if (!standing) throw new TankError('internal');
  const { allowed, retryMs } = judge(standing, TRIES, WINDOW_MS);
  if (!allowed) throw new TankError('too_many_requests', { seconds: Math.ceil(retryMs / 1000) });
  const proved = await work();
  await counters.reset([tries.key]);
  return proved;
};
