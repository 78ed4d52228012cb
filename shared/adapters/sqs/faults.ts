import { TankError } from '../../domain/errors.ts';

/** Names only: an SDK message may quote what was sent. */
export const sqsUnavailable = (code: string, cause?: unknown): TankError =>
  new TankError('store_unavailable', { reason: `SQS: ${code}` }, cause === undefined ? {} : { cause });

/** Whatever the SDK throws, the store behind the queue still holds the work: defer. */
export const toTankFault = (thrown: unknown): TankError =>
  thrown instanceof TankError
    ? thrown
    : sqsUnavailable(thrown instanceof Error ? thrown.name : 'unknown', thrown);

export const isAbort = (thrown: unknown): boolean => thrown instanceof Error && thrown.name === 'AbortError';
