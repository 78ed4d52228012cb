import type { SendingSwitch } from '../../ports/sending-switch.ts';

interface SwitchSettings {
  readonly region: string;
  readonly configurationSet: string;
  /** None: the region's own. */
  readonly endpoint?: string;
}

const CALL_MS = 5_000;

/** Needs the right ses:PutConfigurationSetSendingOptions on the configuration set, and no other. */
export const createSendingSwitch = ({
  region,
  configurationSet,
  endpoint,
}: SwitchSettings): SendingSwitch => ({
  turn: async (to) => {
    const { SESv2Client, PutConfigurationSetSendingOptionsCommand } = await import('@aws-sdk/client-sesv2');
    const client = new SESv2Client({ region, maxAttempts: 1, ...(endpoint ? { endpoint } : {}) });
    const command = new PutConfigurationSetSendingOptionsCommand({
      ConfigurationSetName: configurationSet,
      SendingEnabled: to === 'on',
    });
    try {
      await client.send(command, { abortSignal: AbortSignal.timeout(CALL_MS) });
    } finally {
      client.destroy();
    }
  },
});
