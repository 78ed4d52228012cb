import type { Alert, Alerts } from '../../ports/alerts.ts';
import type { Counters } from '../../ports/counters.ts';
import type { Runtime } from '../../ports/runtime.ts';
import { postToChat } from './chat.ts';
import { sendByMail } from './mail.ts';

export interface AlertTargets {
  readonly webhook?: string;
  readonly smtpUrl?: string;
  readonly mail: readonly string[];
}

interface Dependencies {
  readonly targets: AlertTargets;
  readonly runtime: Pick<Runtime, 'clock' | 'log'>;
  /** Shared by all processes, so that ten of them tell once. */
  readonly counters: () => Promise<Pick<Counters, 'add'>>;
}

const QUIET_MS = 5 * 60_000;

/** Always into the log, and to a chat and by mail where settings name them. */
export const createAlerts = ({ targets, runtime, counters }: Dependencies): Alerts => {
  const lastTold = new Map<string, number>();

  const isFirstHere = (kind: string): boolean => {
    const now = runtime.clock.now();
    if (now - (lastTold.get(kind) ?? Number.NEGATIVE_INFINITY) < QUIET_MS) return false;
    lastTold.set(kind, now);
    return true;
  };

  /** An alert may be about the very store that the counters lie in: then every process tells by itself. */
  const isFirstOfAll = async (kind: string): Promise<boolean> => {
    try {
      const [standing] = await (await counters()).add([{ key: `alert|${kind}`, windowMs: QUIET_MS }]);
      return standing?.position === 1;
    } catch {
      return true;
    }
  };

  return {
    raise: async (alert) => {
      if (!isFirstHere(alert.kind)) return;
      runtime.log.warn('alert', { kind: alert.kind, ...alert.facts });
      if (!(await isFirstOfAll(alert.kind))) return;
      const told = await Promise.allSettled(ways(targets).map((tell) => tell(describe(alert))));
      for (const one of told)
        if (one.status === 'rejected')
          runtime.log.error('alert_not_delivered', { kind: alert.kind }, one.reason);
    },
  };
};

const ways = ({ webhook, smtpUrl, mail }: AlertTargets): ((text: string) => Promise<void>)[] => [
  ...(webhook ? [(text: string) => postToChat(webhook, text)] : []),
  ...(smtpUrl && mail.length > 0 ? [(text: string) => sendByMail(smtpUrl, mail, text)] : []),
];

const describe = ({ kind, facts }: Alert): string =>
  [
    `Tank: ${kind.replaceAll('_', ' ')}`,
    ...Object.entries(facts).map(([name, value]) => `${name} ${value}`),
  ].join(', ');
