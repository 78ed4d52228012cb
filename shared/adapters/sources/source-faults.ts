import { TankError } from '../../domain/errors.ts';

/**
 * The two faults of a source. The driver's own error is left behind: its text may hold values of a row,
 * and its detail the connection. What a person needs to mend it is in the reason.
 */
export interface SourceFaults {
  /** Waiting helps. */
  unreachable(reason: string): TankError;
  /** A person must change something. */
  failed(reason: string): TankError;
  keyMissing(column: string): TankError;
}

export const sourceFaults = (source: string): SourceFaults => ({
  unreachable: (reason) => new TankError('source_unreachable', { source, reason }),
  failed: (reason) => new TankError('source_query_failed', { source, reason }),
  keyMissing: (column) => new TankError('source_columns_missing', { source, column }),
});
