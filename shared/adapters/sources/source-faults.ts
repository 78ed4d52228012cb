import { bothLanguages, type Facts, TankError } from '../../domain/errors.ts';
import type { FaultText } from '../../domain/fault-text.ts';

/** A database's own words about a query, or a sentence that Tank says in both languages. */
export type Reason = string | FaultText;

/**
 * The two faults of a source. The driver's own error is left behind: its text may hold values of a row,
 * and its detail the connection. What a person needs to mend it is in the reason.
 */
export interface SourceFaults {
  /** Waiting helps. */
  unreachable(reason: Reason): TankError;
  /** A person must change something. */
  failed(reason: Reason): TankError;
  keyMissing(column: string): TankError;
}

export const sourceFaults = (source: string): SourceFaults => ({
  unreachable: (reason) => new TankError('source_unreachable', { source, ...told(reason) }),
  failed: (reason) => new TankError('source_query_failed', { source, ...told(reason) }),
  keyMissing: (column) => new TankError('source_columns_missing', { source, column }),
});

const told = (reason: Reason): Facts => (typeof reason === 'string' ? { reason } : bothLanguages(reason));

/** The code behind the sentence, for whoever looks it up. */
export const withCode = (reason: Reason, code: string): Reason =>
  typeof reason === 'string'
    ? `${reason} (${code})`
    : { en: `${reason.en} (${code})`, ko: `${reason.ko} (${code})` };
