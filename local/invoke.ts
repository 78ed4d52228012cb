import type { Context } from 'aws-lambda';
import type { FunctionEntry } from '../functions/manifest.ts';
import type { Runtime } from '../shared/ports/runtime.ts';
import type { DoorMetrics } from './door-metrics.ts';
import type { InFlight } from './in-flight.ts';
import { within } from './within.ts';

/** Calls a function as the Lambda service does: an event, a context, a time limit. */
export type Invoke = (event: unknown, requestId: string, takeStream?: TakeStream) => Promise<unknown>;

/** What a handler is offered beyond Lambda: to write its reply while it is made. */
export type TakeStream = (chunks: AsyncIterable<string>) => void;

export interface InvokerDeps {
  readonly runtime: Runtime;
  readonly metrics: DoorMetrics;
  readonly inFlight: InFlight;
}

export class InvocationTimedOut extends Error {
  override readonly name = 'InvocationTimedOut';
}

/**
 * A time-out ends the waiting, not the work: a promise cannot be killed as a sandbox can. The work stays
 * in flight, so that a drain still waits for it; the fences of the store keep it harmless.
 */
export const createInvoker = (entry: FunctionEntry, timeoutMs: number, deps: InvokerDeps): Invoke => {
  const { runtime, metrics, inFlight } = deps;
  return async (event, requestId, takeStream) => {
    const startedAt = runtime.clock.monotonic();
    const elapsed = () => runtime.clock.monotonic() - startedAt;
    const remaining = () => Math.max(0, timeoutMs - elapsed());
    const context = contextOf(entry, requestId, remaining, takeStream);
    try {
      const late = () => new InvocationTimedOut(`no answer within ${timeoutMs} ms`);
      const answer = await within(timeoutMs, inFlight.track(call(entry, event, context)), late);
      metrics.invocation(entry.name, 'answered', elapsed() / 1000);
      return answer;
    } catch (thrown) {
      const outcome = thrown instanceof InvocationTimedOut ? 'timed_out' : 'failed';
      metrics.invocation(entry.name, outcome, elapsed() / 1000);
      throw thrown;
    }
  };
};

const call = async (entry: FunctionEntry, event: unknown, context: Context): Promise<unknown> =>
  (await entry.load()).handler(event, context);

export const contextOf = (
  entry: FunctionEntry,
  requestId: string,
  remaining: () => number,
  takeStream?: TakeStream,
): Context & { readonly takeStream?: TakeStream } => ({
  ...(takeStream && { takeStream }),
  callbackWaitsForEmptyEventLoop: false,
  functionName: entry.name,
  functionVersion: '$LATEST',
  invokedFunctionArn: `arn:aws:lambda:local:${LOCAL_ACCOUNT}:function:${entry.name}`,
  memoryLimitInMB: String(entry.memoryMb),
  awsRequestId: requestId,
  logGroupName: `/aws/lambda/${entry.name}`,
  logStreamName: 'local',
  getRemainingTimeInMillis: remaining,
  done: refuseCallbacks,
  fail: refuseCallbacks,
  succeed: refuseCallbacks,
});

/** Node 24 on Lambda has no callback handlers any more; a handler that tries must fail here as well. */
const refuseCallbacks = (): never => {
  throw new Error('Handlers answer with a promise; context.done, fail and succeed are gone.');
};

/** The account of an installation that has none, as in all ARNs made here. */
export const LOCAL_ACCOUNT = '000000000000';
