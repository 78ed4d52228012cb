import { TankError, toTankError } from '../../../domain/errors.ts';
import { UniqueViolation } from '../../../ports/database.ts';
import type { SourceFaults } from '../source-faults.ts';

/** https://sqlite.org/rescode.html: the low byte is the primary code. */
const WAITING_HELPS: Readonly<Record<number, string>> = {
  5: 'another program holds the file locked',
  6: 'another program holds a table locked',
  7: 'out of memory',
  10: 'the file cannot be read (input/output error)',
  13: 'the disk is full',
  14: 'the file cannot be opened',
};
const A_PERSON_MUST: Readonly<Record<number, string>> = {
  3: 'Tank has no permission on the file',
  8: 'the query tried to write, and the file is opened for reading',
  11: 'the file is damaged',
  18: 'a value is too long',
  19: 'a constraint of a table refuses the change',
  20: 'a value has the wrong type',
  26: 'the file is not a SQLite database',
};
const SQL_ERROR = 1;

export const sqliteFault = (thrown: unknown, faults: SourceFaults): TankError => {
  if (thrown instanceof TankError) return ofDriver(thrown, faults);
  if (thrown instanceof UniqueViolation) return faults.failed('a unique index refuses the change');
  const code = primaryCode(thrown);
  if (code === undefined)
    return thrown instanceof TypeError ? toTankError(thrown) : faults.failed('SQLite cannot run the query');
  if (code === SQL_ERROR && thrown instanceof Error) return faults.failed(ofQueryText(thrown.message));
  const passing = WAITING_HELPS[code];
  return passing ? faults.unreachable(passing) : faults.failed(A_PERSON_MUST[code] ?? `SQLite error ${code}`);
};

/** These are made from the query's own text; others, such as those of a full-text search, repeat values. */
const ABOUT_THE_TEXT =
  /^(no such (column|table|function|collation)|near "|unrecognized token|incomplete input|ambiguous column|wrong number of arg|misuse of|sub-select returns|SELECTs to the left)/;

const ofQueryText = (message: string): string =>
  ABOUT_THE_TEXT.test(message) ? message : `SQLite error ${SQL_ERROR}`;

/** The driver names its own faults as those of a store. */
const ofDriver = (fault: TankError, faults: SourceFaults): TankError => {
  if (fault.code === 'store_unavailable')
    return faults.unreachable(String(fault.facts.reason ?? 'the file cannot be used'));
  return fault.code === 'store_corrupt'
    ? faults.failed('the file is damaged or not a SQLite database')
    : fault;
};

const primaryCode = (thrown: unknown): number | undefined =>
  thrown instanceof Error && 'errcode' in thrown && typeof thrown.errcode === 'number'
    ? thrown.errcode & 0xff
    : undefined;

/** A word for the outcome of one update. */
export const updateCode = (thrown: unknown): string => {
  if (thrown instanceof UniqueViolation) return 'unique';
  const code = primaryCode(thrown);
  return code === undefined ? 'refused' : `SQLITE_${code}`;
};

/** No other row would fare better: the statement, the right or the file is at fault. */
export const isFaultOfAll = (thrown: unknown): boolean => {
  if (thrown instanceof TankError) return true;
  const code = primaryCode(thrown);
  return code !== undefined && (code === SQL_ERROR || code in WAITING_HELPS || [3, 8, 11, 26].includes(code));
};
