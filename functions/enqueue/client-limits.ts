import type { ClientSpec } from '../../shared/domain/client.ts';
import { TankError } from '../../shared/domain/errors.ts';
import { judge, type Standing } from '../../shared/domain/rate-limit.ts';
import type { Ports } from '../../shared/ports/ports.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 3_600_000;

/** A client's own limits, over all its certificates and all processes: requests a minute, mails a day. */
export const countAgainstLimits = async (
  ports: Pick<Ports, 'counters'>,
  { id, perMinute, perDay }: ClientSpec,
  mails: number,
): Promise<void> => {
  const daily = { key: `client|day|${id}`, windowMs: DAY_MS };
  const [minute, ...days] = await (await ports.counters()).add([
    { key: `client|minute|${id}`, windowMs: MINUTE_MS },
    ...Array.from({ length: mails }, () => daily),
  ]);
  const ofMinute = waitOf(minute, perMinute, MINUTE_MS);
  if (ofMinute > 0) throw new TankError('too_many_requests', { seconds: ofMinute });
  const ofDay = waitOf(days.at(-1), perDay, DAY_MS);
  if (ofDay > 0) throw new TankError('client_quota_exhausted', { limit: `${perDay}/24h`, seconds: ofDay });
};

const waitOf = (standing: Standing | undefined, limit: number, windowMs: number): number => {
  if (!standing) throw new TankError('internal');
  const { allowed, retryMs } = judge(standing, limit, windowMs);
  return allowed ? 0 : Math.max(1, Math.ceil(retryMs / 1000));
};
