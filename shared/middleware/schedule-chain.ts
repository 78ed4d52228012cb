import middy from '@middy/core';
import type { Context, ScheduledEvent } from 'aws-lambda';
import { toTankError } from '../domain/errors.ts';
import type { Ports } from '../ports/ports.ts';

export type ScheduleHandler = (event: ScheduledEvent, context: Context) => Promise<void>;

/** A tick. It has no caller to answer: a fault is logged and thrown, so that the host counts it. */
export const scheduleChain = (
  work: (event: ScheduledEvent, context: Context) => Promise<void>,
  ports: Pick<Ports, 'runtime'>,
): ScheduleHandler => {
  const chain = middy<ScheduledEvent, void>(work).onError(({ error }) => {
    const fault = toTankError(error);
    ports.runtime.log.error('tick_failed', { code: fault.code, reason: fault.message }, fault.cause);
  });
  return async (event, context) => {
    await chain(event, context);
  };
};
