import type { Ports } from '../../shared/ports/ports.ts';

/** What the installation's transport allows, as it says now. */
export const getQuota = async (ports: Ports) => {
  const transport = await ports.transport(undefined);
  const [limits, rate] = await Promise.all([transport.limits(), (await ports.pace()).rate()]);
  const { ratePerSecond, ...rest } = limits;
  return {
    transport: transport.name,
    ...(rate === undefined ? {} : { ratePerSecond: rate }),
    ...(ratePerSecond === undefined ? {} : { transportRatePerSecond: ratePerSecond }),
    ...rest,
  };
};
