import type { EventBridgeEvent } from 'aws-lambda';
import type { Runtime } from '../shared/ports/runtime.ts';
import type { InFlight } from './in-flight.ts';
import { type Invoke, LOCAL_ACCOUNT } from './invoke.ts';
import type { TakingDoor } from './queue-door.ts';

export interface ScheduleDoorOptions {
  readonly functionName: string;
  readonly everyMs: number;
  readonly invoke: Invoke;
  readonly runtime: Runtime;
  readonly inFlight: InFlight;
  readonly region: string;
}

/** A rate rule: a call at once and then at every beat. A call that outlasts its beat swallows the beats it covers. */
export const openScheduleDoor = (options: ScheduleDoorOptions): TakingDoor => {
  const { runtime, everyMs, inFlight } = options;
  const { clock } = runtime;
  const stopping = new AbortController();
  const beatForever = async (): Promise<void> => {
    const startedAt = clock.monotonic();
    let beat = 0;
    while (!stopping.signal.aborted) {
      await inFlight.track(callOnce(options));
      const elapsed = clock.monotonic() - startedAt;
      // A timer may wake up to 1 ms early: without the count, that beat would be called twice.
      beat = Math.max(beat + 1, Math.ceil(elapsed / everyMs));
      await clock.sleep(beat * everyMs - elapsed, stopping.signal).catch(() => {});
    }
  };
  void beatForever();
  return {
    stop: async () => stopping.abort(),
  };
};

const callOnce = async ({ functionName, invoke, runtime, region }: ScheduleDoorOptions): Promise<void> => {
  try {
    await invoke(scheduledEvent(functionName, region, runtime), runtime.id());
  } catch (cause) {
    runtime.log.error('schedule_failed', { function: functionName }, cause);
  }
};

const scheduledEvent = (
  functionName: string,
  region: string,
  runtime: Runtime,
): EventBridgeEvent<'Scheduled Event', Record<string, never>> => ({
  version: '0',
  id: runtime.id(),
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: LOCAL_ACCOUNT,
  time: new Date(runtime.clock.now()).toISOString().replace(/\.\d{3}Z$/, 'Z'),
  region,
  resources: [`arn:aws:events:${region}:${LOCAL_ACCOUNT}:rule/tank-${functionName}`],
  detail: {},
});
