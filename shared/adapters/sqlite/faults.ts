import { type ErrorCode, type Facts, TankError } from '../../domain/errors.ts';
import { type FaultText, faultText } from '../../domain/fault-text.ts';
import { type Reason, reasonFacts } from '../../domain/reason.ts';
import { UniqueViolation } from '../../ports/database.ts';

/** What SQLite says about a statement: wrong SQL, a broken constraint, a value too big. */
class SqliteFault extends Error {
  override readonly name: string = 'SqliteFault';
  readonly errcode: number;

  constructor(errcode: number, message: string) {
    super(message);
    this.errcode = errcode;
  }
}

/** Somebody else holds the lock; trying again helps. */
export class Busy extends SqliteFault {
  override readonly name = 'Busy';
}

/** The file is not what SQLite wrote. The connection turns it into `store_corrupt` when the copy is made. */
export class Damaged extends SqliteFault {
  override readonly name = 'Damaged';
}

/** https://sqlite.org/rescode.html: the low byte is the primary code. */
const BUSY = [5, 6];
const DAMAGED = [11, 26];
const UNIQUE = [1555, 2067, 2579];
const UNAVAILABLE: Readonly<Record<number, FaultText>> = {
  3: faultText('no permission', '권한이 없습니다'),
  7: faultText('out of memory', '메모리가 부족합니다'),
  8: faultText('not writable', '쓸 수 없습니다'),
  9: faultText('interrupted', '중단되었습니다'),
  10: faultText('input/output error', '입출력 오류입니다'),
  13: faultText('disk full', '디스크가 가득 찼습니다'),
  14: faultText('the file cannot be opened', '파일을 열 수 없습니다'),
  15: faultText('locking protocol', '잠금 프로토콜 오류입니다'),
  22: faultText('no large files here', '큰 파일을 지원하지 않는 파일 시스템입니다'),
  23: faultText('not authorized', '허용되지 않았습니다'),
};

const errcodeOf = (thrown: Error): number | undefined => {
  if ('errcode' in thrown && typeof thrown.errcode === 'number') return thrown.errcode;
  if (!('code' in thrown) || thrown.code !== 'ERR_SQLITE_ERROR') return undefined;
  return MESSAGES.find(([message]) => message.test(thrown.message))?.[1] ?? GENERIC;
};

const GENERIC = 1;
/** @photostructure/sqlite 1.2.1 gives no errcode from `all` and `iterate`; SQLite's own texts are as stable. */
const MESSAGES: readonly (readonly [RegExp, number])[] = [
  [/^database (table )?is locked/, 5],
  [/^UNIQUE constraint failed/, 2067],
  [/constraint failed/, 19],
  [/^database disk image is malformed/, 11],
  [/^file is not a database/, 26],
  [/^database or disk is full/, 13],
  [/^disk I\/O error/, 10],
  [/^attempt to write a readonly database/, 8],
  [/^unable to open database file/, 14],
  [/^out of memory/, 7],
];

/** A vendor's error as one of ours; what is not SQLite's stays what it is. */
export const toFault = (thrown: unknown): unknown => {
  if (!(thrown instanceof Error) || thrown instanceof SqliteFault) return thrown;
  const errcode = errcodeOf(thrown);
  if (errcode !== undefined) return translate(errcode, thrown.message);
  if (!('syscall' in thrown && 'code' in thrown)) return thrown;
  return unavailable(`${thrown.code}${'path' in thrown ? ` at ${thrown.path}` : ''}`);
};

const translate = (errcode: number, message: string): Error => {
  const primary = errcode & 0xff;
  if (BUSY.includes(primary)) return new Busy(errcode, message);
  if (DAMAGED.includes(primary)) return new Damaged(errcode, message);
  if (UNIQUE.includes(errcode)) return new UniqueViolation(message);
  const reason = UNAVAILABLE[primary];
  return reason ? unavailable(withSqliteCode(reason, errcode)) : new SqliteFault(errcode, message);
};

const withSqliteCode = ({ en, ko }: FaultText, errcode: number): FaultText =>
  faultText(`${en} (SQLite ${errcode})`, `${ko} (SQLite ${errcode})`);

export const unavailable = (reason: Reason): TankError =>
  new TankError('store_unavailable', reasonFacts(reason));

/** True for what concerns one caller's statements; anything else ends the whole transaction. */
export const isOwnFault = (fault: unknown): boolean =>
  !(fault instanceof Busy || fault instanceof Damaged || fault instanceof TankError);

/** Errors cross a thread's border as data, so that their class and code arrive. */
export type FaultMessage =
  | { readonly kind: 'tank'; readonly code: ErrorCode; readonly facts: Facts }
  | { readonly kind: 'unique'; readonly message: string }
  | { readonly kind: 'sqlite'; readonly errcode: number; readonly message: string }
  | { readonly kind: 'other'; readonly message: string };

export const packFault = (thrown: unknown): FaultMessage => {
  if (thrown instanceof TankError) return { kind: 'tank', code: thrown.code, facts: thrown.facts };
  if (thrown instanceof UniqueViolation) return { kind: 'unique', message: thrown.message };
  if (thrown instanceof SqliteFault)
    return { kind: 'sqlite', errcode: thrown.errcode, message: thrown.message };
  return { kind: 'other', message: thrown instanceof Error ? thrown.message : String(thrown) };
};

export const unpackFault = (fault: FaultMessage): Error => {
  switch (fault.kind) {
    case 'tank':
      return new TankError(fault.code, fault.facts);
    case 'unique':
      return new UniqueViolation(fault.message);
    case 'sqlite':
      return new SqliteFault(fault.errcode, fault.message);
    case 'other':
      return new Error(fault.message);
  }
};
