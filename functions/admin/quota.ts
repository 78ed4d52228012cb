import type { Ports } from '../../shared/ports/ports.ts';

/** What the installation's transport allows, as it says now, and what of it is used. */
export const getQuota = async (ports: Ports) => {
  const transport = await ports.transport(undefined);
  const [limits, outlook] = await Promise.all([
    transport.limits(),
    ports.pace().then((pace) => pace.outlook()),
  ]);
  const { maxMailBytes, sendingEnabled, production } = limits;
  const { rate, allowed, quota } = outlook;
  return {
    transport: transport.name,
    ...(rate === undefined ? {} : { ratePerSecond: rate }),
    ...(allowed === undefined ? {} : { allowedPerSecond: allowed }),
    ...(quota === undefined ? {} : { quota }),
    maxMailBytes,
    ...(sendingEnabled === undefined ? {} : { sendingEnabled }),
    ...(production === undefined ? {} : { production }),
  };
};
