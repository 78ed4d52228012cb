import { TankError } from '../../domain/errors.ts';
import { faultText } from '../../domain/fault-text.ts';
import { type Reason, reasonFacts } from '../../domain/reason.ts';

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
  unreachable: (reason) => new TankError('source_unreachable', { source, ...reasonFacts(reason) }),
  failed: (reason) => new TankError('source_query_failed', { source, ...reasonFacts(reason) }),
  keyMissing: (column) => new TankError('source_columns_missing', { source, column }),
});

/** The code behind the sentence, for whoever looks it up. */
export const withCode = (reason: Reason, code: string): Reason =>
  typeof reason === 'string'
    ? `${reason} (${code})`
    : { en: `${reason.en} (${code})`, ko: `${reason.ko} (${code})` };

/** Of a source that is a file. */
const NO_FILE = faultText('the file does not exist', '파일이 없습니다');
const UNREADABLE_FILE = faultText('the file cannot be read', '파일을 읽을 수 없습니다');
export const NOT_A_FILE = faultText('its address is not that of a file', '주소가 파일을 가리키지 않습니다');

/** What the look at a file failed with; a name with a NUL in it is that of no file. */
export const fileFault = (faults: SourceFaults, thrown: unknown): TankError => {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown';
  if (code === 'ENOENT') return faults.unreachable(NO_FILE);
  if (code === 'ERR_INVALID_ARG_VALUE') return faults.failed(NOT_A_FILE);
  return faults.unreachable(withCode(UNREADABLE_FILE, code));
};
