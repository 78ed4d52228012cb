import { type Facts, TankError, toTankError } from '../../../domain/errors.ts';
import { type FaultText, faultText } from '../../../domain/fault-text.ts';
import type { Reason } from '../../../domain/reason.ts';
import { UniqueViolation } from '../../../ports/database.ts';
import type { SourceFaults } from '../source-faults.ts';

/** https://sqlite.org/rescode.html: the low byte is the primary code. */
const WAITING_HELPS: Readonly<Record<number, FaultText>> = {
  5: faultText('another program holds the file locked', '다른 프로그램이 파일을 잠그고 있습니다'),
  6: faultText('another program holds a table locked', '다른 프로그램이 테이블을 잠그고 있습니다'),
  7: faultText('out of memory', '메모리가 부족합니다'),
  10: faultText('the file cannot be read (input/output error)', '파일을 읽을 수 없습니다(입출력 오류)'),
  13: faultText('the disk is full', '디스크가 가득 찼습니다'),
  14: faultText('the file cannot be opened', '파일을 열 수 없습니다'),
};
const A_PERSON_MUST: Readonly<Record<number, FaultText>> = {
  3: faultText('Tank has no permission on the file', '파일에 대한 권한이 없습니다'),
  8: faultText(
    'the query tried to write, and the file is opened for reading',
    '파일이 읽기용으로 열려 있는데 쿼리가 쓰려고 했습니다',
  ),
  11: faultText('the file is damaged', '파일이 손상되었습니다'),
  18: faultText('a value is too long', '값이 너무 깁니다'),
  19: faultText('a constraint of a table refuses the change', '테이블의 제약 조건 때문에 변경할 수 없습니다'),
  20: faultText('a value has the wrong type', '값의 형식이 다릅니다'),
  26: faultText('the file is not a SQLite database', 'SQLite 데이터베이스 파일이 아닙니다'),
};
const SQL_ERROR = 1;
const UNIQUE = faultText('a unique index refuses the change', '고유 인덱스 때문에 변경할 수 없습니다');
const CANNOT_RUN = faultText('SQLite cannot run the query', 'SQLite가 쿼리를 실행할 수 없습니다');
const DAMAGED = faultText(
  'the file is damaged or not a SQLite database',
  '파일이 손상되었거나 SQLite 데이터베이스가 아닙니다',
);
const UNUSABLE = faultText('the file cannot be used', '파일을 사용할 수 없습니다');
const errorOf = (code: number): FaultText => faultText(`SQLite error ${code}`, `SQLite 오류 ${code}`);

export const sqliteFault = (thrown: unknown, faults: SourceFaults): TankError => {
  if (thrown instanceof TankError) return ofDriver(thrown, faults);
  if (thrown instanceof UniqueViolation) return faults.failed(UNIQUE);
  const code = primaryCode(thrown);
  if (code === undefined)
    return thrown instanceof TypeError ? toTankError(thrown) : faults.failed(CANNOT_RUN);
  if (code === SQL_ERROR && thrown instanceof Error) return faults.failed(ofQueryText(thrown.message));
  const passing = WAITING_HELPS[code];
  return passing ? faults.unreachable(passing) : faults.failed(A_PERSON_MUST[code] ?? errorOf(code));
};

/** These are made from the query's own text; others, such as those of a full-text search, repeat values. */
const ABOUT_THE_TEXT =
  /^(no such (column|table|function|collation)|near "|unrecognized token|incomplete input|ambiguous column|wrong number of arg|misuse of|sub-select returns|SELECTs to the left)/;

const ofQueryText = (message: string): Reason =>
  ABOUT_THE_TEXT.test(message) ? message : errorOf(SQL_ERROR);

/** The driver names its own faults as those of a store. */
const ofDriver = (fault: TankError, faults: SourceFaults): TankError => {
  if (fault.code === 'store_unavailable') return faults.unreachable(ofFacts(fault.facts));
  return fault.code === 'store_corrupt' ? faults.failed(DAMAGED) : fault;
};

const ofFacts = ({ reason, reason_ko: ko }: Facts): Reason =>
  reason === undefined ? UNUSABLE : faultText(String(reason), String(ko ?? reason));

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
