import type { PaceLimits } from '../adapters/sql/pace.ts';
import type { Settings } from '../config/load.ts';
import type { Transport, TransportLimits } from '../ports/transport.ts';

/** Left to others who send through the same account, and to the error of two clocks. */
const SHARE_OF_RATE = 0.9;

/** What settings and transport allow: the smaller of both; of a rate that nobody has set, 90%. */
export const paceLimits =
  (
    { sendRate, dailyQuota }: Pick<Settings, 'sendRate' | 'dailyQuota'>,
    transport: () => Promise<Transport>,
  ) =>
  async (): Promise<PaceLimits> => {
    const told = await askTransport(transport, sendRate !== undefined);
    const share = sendRate === undefined ? SHARE_OF_RATE : 1;
    const ratePerSecond = least(sendRate, told.ratePerSecond && told.ratePerSecond * share);
    const perDay = least(dailyQuota, told.dailyQuota);
    return {
      ...(ratePerSecond === undefined ? {} : { ratePerSecond }),
      ...(perDay === undefined ? {} : { perDay }),
      reading: told,
    };
  };

const UNTOLD: Pick<TransportLimits, 'ratePerSecond' | 'dailyQuota' | 'sentLast24Hours'> = {};

/** A rate that is set needs no answer of the transport: the right to ask may not be granted. */
const askTransport = async (
  transport: () => Promise<Transport>,
  isRateSet: boolean,
): Promise<typeof UNTOLD> => {
  const opened = await transport();
  try {
    return await opened.limits();
  } catch (fault) {
    if (isRateSet) return UNTOLD;
    throw fault;
  }
};

const least = (...values: readonly (number | undefined)[]): number | undefined => {
  const given = values.filter((value) => value !== undefined);
  return given.length > 0 ? Math.min(...given) : undefined;
};
