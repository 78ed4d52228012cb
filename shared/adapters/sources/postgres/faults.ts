import { TankError, toTankError } from '../../../domain/errors.ts';
import { type FaultText, faultText } from '../../../domain/fault-text.ts';
import type { Reason } from '../../../domain/reason.ts';
import { type SourceFaults, withCode } from '../source-faults.ts';

/** Codes of Node and of TLS, before PostgreSQL was reached. */
const NETWORK: Readonly<Record<string, FaultText>> = {
  ECONNREFUSED: faultText(
    'nothing listens at its address; is the server started, and is the port right?',
    '해당 주소에서 응답하는 서버가 없습니다. 서버 실행 여부와 포트를 확인하십시오',
  ),
  ENOTFOUND: faultText('its host name is unknown', '호스트 이름을 찾을 수 없습니다'),
  EAI_AGAIN: faultText('its host name cannot be looked up now', '지금 호스트 이름을 조회할 수 없습니다'),
  ETIMEDOUT: faultText('it does not answer', '응답이 없습니다'),
  EHOSTUNREACH: faultText('there is no way to its host', '호스트까지의 경로가 없습니다'),
  ENETUNREACH: faultText('there is no way to its network', '네트워크까지의 경로가 없습니다'),
  ECONNRESET: faultText('it hung up', '연결이 끊어졌습니다'),
  EPIPE: faultText('it hung up', '연결이 끊어졌습니다'),
  ENOENT: faultText('there is no such socket', '해당 소켓이 없습니다'),
  DEPTH_ZERO_SELF_SIGNED_CERT: faultText(
    'its certificate is signed by itself; give the authority with sslrootcert',
    '자체 서명 인증서입니다. sslrootcert로 인증 기관을 지정하십시오',
  ),
  SELF_SIGNED_CERT_IN_CHAIN: faultText(
    'its certificate comes from an unknown authority; give it with sslrootcert',
    '알 수 없는 인증 기관의 인증서입니다. sslrootcert로 지정하십시오',
  ),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: faultText(
    'its certificate comes from an unknown authority; give it with sslrootcert',
    '알 수 없는 인증 기관의 인증서입니다. sslrootcert로 지정하십시오',
  ),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: faultText(
    'its certificate comes from an unknown authority; give it with sslrootcert',
    '알 수 없는 인증 기관의 인증서입니다. sslrootcert로 지정하십시오',
  ),
  CERT_HAS_EXPIRED: faultText('its certificate has expired', '인증서가 만료되었습니다'),
  ERR_TLS_CERT_ALTNAME_INVALID: faultText(
    'its certificate is for another host name',
    '인증서의 호스트 이름이 다릅니다',
  ),
};

/** https://www.postgresql.org/docs/current/errcodes-appendix.html: what waiting, or another secret, mends. */
const PASSING: Readonly<Record<string, FaultText>> = {
  '28P01': faultText(
    'it refuses the user or the password; see the secret of the source',
    '사용자 또는 비밀번호가 거부되었습니다. 데이터 소스의 비밀 정보를 확인하십시오',
  ),
  '28000': faultText(
    'it refuses this user from this machine; see pg_hba.conf',
    '이 서버에서 이 사용자의 접속이 거부되었습니다. pg_hba.conf를 확인하십시오',
  ),
  '3D000': faultText('it has no database of this name', '해당 이름의 데이터베이스가 없습니다'),
  '25P03': faultText(
    'it ended a transaction that stood still for too long',
    '오래 멈춰 있던 트랜잭션이 종료되었습니다',
  ),
  '25P04': faultText('it ended a transaction that took too long', '오래 걸린 트랜잭션이 종료되었습니다'),
  '57P01': faultText('it was shut down', '종료되었습니다'),
  '57P02': faultText('it crashed', '비정상 종료되었습니다'),
  '57P03': faultText('it is starting up or shutting down', '시작 또는 종료 중입니다'),
  '57014': faultText('the query took longer than is allowed', '쿼리가 허용 시간을 넘었습니다'),
  '53300': faultText('it has no connection left for Tank', '남은 연결이 없습니다'),
  '55P03': faultText(
    'another session holds a lock for too long',
    '다른 세션이 너무 오래 잠금을 잡고 있습니다',
  ),
  '40001': faultText('another session changed the same rows', '다른 세션이 같은 행을 변경했습니다'),
  '40P01': faultText('another session held the same rows locked', '다른 세션이 같은 행을 잠그고 있었습니다'),
};
const BUSY = faultText('it cannot serve now', '지금 처리할 수 없습니다');
const REFUSED = faultText('PostgreSQL refuses it', 'PostgreSQL이 거부했습니다');
const BROKEN = faultText('the connection failed', '연결에 실패했습니다');
const PASSING_CLASSES = ['08', '53', '57', '58'];

/** Their texts are made from the query's own: "column "nickname" does not exist". */
const ABOUT_THE_QUERY = '42';
const LASTING: Readonly<Record<string, FaultText>> = {
  '25006': faultText(
    'the query tried to write, and it may only read',
    '읽기만 허용되는데 쿼리가 쓰려고 했습니다',
  ),
  '22': faultText(
    'a value does not have the form or size that the query expects of it',
    '값의 형식이나 크기가 쿼리가 기대하는 것과 다릅니다',
  ),
  '23': faultText(
    'a constraint of a table refuses the change',
    '테이블의 제약 조건 때문에 변경할 수 없습니다',
  ),
  '0A': faultText(
    'the query uses what PostgreSQL does not support here',
    'PostgreSQL이 여기서 지원하지 않는 기능을 쿼리가 사용합니다',
  ),
};

const MESSAGES: readonly (readonly [RegExp, FaultText])[] = [
  [
    /does not support SSL/,
    faultText(
      'it does not encrypt its connections; say sslmode=disable if that is meant to be so',
      '암호화된 연결을 지원하지 않습니다. 의도한 것이라면 sslmode=disable을 쓰십시오',
    ),
  ],
  [
    /timeout exceeded when trying to connect|connection timeout/,
    faultText('it does not answer', '응답이 없습니다'),
  ],
  [/read timeout/, faultText('the query took longer than is allowed', '쿼리가 허용 시간을 넘었습니다')],
  [/terminated|not queryable|closed/i, faultText('it hung up', '연결이 끊어졌습니다')],
  [
    /password must be a string/,
    faultText(
      'it asks for a password; give the source a secret',
      '비밀번호가 필요합니다. 데이터 소스에 비밀 정보를 지정하십시오',
    ),
  ],
];

export const postgresFault = (thrown: unknown, faults: SourceFaults): TankError => {
  if (thrown instanceof TankError) return thrown;
  const code = sqlState(thrown);
  if (code !== undefined) return ofServer(code, thrown, faults);
  const reason = reasonOfClient(thrown);
  return reason === undefined ? toTankError(thrown) : faults.unreachable(reason);
};

const ofServer = (code: string, thrown: unknown, faults: SourceFaults): TankError => {
  if (isPassing(code)) return faults.unreachable(withCode(PASSING[code] ?? BUSY, code));
  const text = code.startsWith(ABOUT_THE_QUERY) && thrown instanceof Error ? thrown.message : undefined;
  return faults.failed(withCode(text ?? LASTING[code] ?? LASTING[code.slice(0, 2)] ?? REFUSED, code));
};

/** Nothing when it is no fault of a connection at all. */
const reasonOfClient = (thrown: unknown): Reason | undefined => {
  if (!(thrown instanceof Error)) return undefined;
  const code = codeOf(thrown);
  const known = code === undefined ? undefined : NETWORK[code];
  return (
    known ??
    MESSAGES.find(([pattern]) => pattern.test(thrown.message))?.[1] ??
    (code === undefined ? undefined : withCode(BROKEN, code))
  );
};

const isPassing = (code: string): boolean => code in PASSING || PASSING_CLASSES.includes(code.slice(0, 2));

/** No other row would fare better: the statement or the right to run it is at fault. */
export const isFaultOfAll = (thrown: unknown): boolean => {
  const code = sqlState(thrown);
  if (code === undefined) return true;
  const mayPassAlone = ['40001', '40P01', '55P03'].includes(code);
  return !mayPassAlone && (isPassing(code) || ['42', '25', '0A'].includes(code.slice(0, 2)));
};

/** A wrong wrapping of the query shows in these classes; so does a wrong query. */
export const isAboutText = (thrown: unknown): boolean =>
  ['42', '0A'].includes(sqlState(thrown)?.slice(0, 2) ?? '');

/** A plan kept under a name is gone, there twice, or would yield other columns than it did. */
export const isAboutKeptPlan = (thrown: unknown): boolean =>
  ['26000', '42P05', '0A000'].includes(sqlState(thrown) ?? '');

export const sqlState = (thrown: unknown): string | undefined => {
  const code = thrown instanceof Error ? codeOf(thrown) : undefined;
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !(code in NETWORK) ? code : undefined;
};

const codeOf = (thrown: Error): string | undefined => {
  if ('code' in thrown && typeof thrown.code === 'string') return thrown.code;
  if (thrown instanceof AggregateError)
    return thrown.errors.map((each) => codeOf(each)).find((code) => code !== undefined);
  return thrown.cause instanceof Error ? codeOf(thrown.cause) : undefined;
};

/** Also when the server asks for a password and there is none yet, which pg calls a fault of SASL. */
export const isRefusedLogin = (thrown: unknown): boolean =>
  ['28P01', '28000'].includes(sqlState(thrown) ?? '') ||
  (thrown instanceof Error && thrown.message.startsWith('SASL'));

/** "could not determine data type of parameter $1", in whatever language the server speaks: the bind's position. */
export const typelessBind = (thrown: unknown): number | undefined => {
  if (!(thrown instanceof Error) || !['42P18', '42P08'].includes(sqlState(thrown) ?? '')) return undefined;
  const number = /\$(\d+)/.exec(thrown.message)?.[1];
  return number === undefined ? undefined : Number(number) - 1;
};
