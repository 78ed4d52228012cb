import { alertEntry, describeAlert, SIGNAL_WINDOW_MS } from '../../domain/alerts.ts';
import type { Alert, AlertChannel, AlertMemory, Alerts } from '../../ports/alerts.ts';
import type { Runtime } from '../../ports/runtime.ts';
import { createOwnMemory } from './own-memory.ts';

interface Dependencies {
  readonly channels: readonly AlertChannel[];
  readonly memory: () => Promise<AlertMemory>;
  readonly runtime: Pick<Runtime, 'clock' | 'log'>;
}

/** Every channel is tried, whatever becomes of the others; when the store is what failed, this process remembers alone. */
export const createAlerts = ({ channels, memory, runtime }: Dependencies): Alerts => {
  const { log, clock } = runtime;
  const own = createOwnMemory(clock);
  const flood = createOwnMemory(clock);

  const remembered = async <T>(ask: (memory: AlertMemory) => Promise<T>): Promise<T> => {
    try {
      return await ask(await memory());
    } catch {
      return ask(own);
    }
  };

  const tell = async ({ kind, about, facts = {} }: Alert): Promise<void> => {
    const { severity } = alertEntry(kind);
    const all = { ...facts, about };
    const message = {
      subject: `[Tank] ${severity}: ${kind}`,
      text: `${describeAlert(kind, all, 'ko')}\n${describeAlert(kind, all, 'en')}`,
    };
    log.warn('alert_raised', { kind, severity, channels: channels.length });
    await Promise.all(
      channels.map(async (channel) => {
        try {
          await channel.tell(message);
        } catch (cause) {
          log.error('alert_not_told', { kind, channel: channel.name }, cause);
        }
      }),
    );
  };

  const raised = async (alert: Alert): Promise<boolean> => {
    const { quietMs } = alertEntry(alert.kind);
    const isNew = await remembered((kept) => kept.mayRaise(`${alert.kind}|${alert.about}`, quietMs));
    if (isNew) await tell(alert);
    return isNew;
  };

  return {
    raise: async (alert) => {
      await raised(alert);
    },
    signal: async (kind, about) => {
      const { threshold = 1 } = alertEntry(kind);
      // Beyond the threshold nothing is written any more: a flood of signals must not become one of statements.
      if ((await flood.count(kind, SIGNAL_WINDOW_MS)) > threshold) return 'few';
      const count = await remembered((kept) => kept.count(kind, SIGNAL_WINDOW_MS));
      return count >= threshold && (await raised({ kind, about, facts: { count } })) ? 'many' : 'few';
    },
  };
};
