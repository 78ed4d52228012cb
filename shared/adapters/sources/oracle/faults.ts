import { TankError, toTankError } from '../../../domain/errors.ts';
import { type FaultText, faultText } from '../../../domain/fault-text.ts';
import { type SourceFaults, withCode } from '../source-faults.ts';

/** What waiting or another secret mends, with what to do about it. */
const PASSING: Readonly<Record<string, FaultText>> = {
  'NJS-040': faultText('all its connections are busy', '모든 연결이 사용 중입니다'),
  'NJS-116': faultText(
    'it keeps the password in an old form; let the administrator set the password of this user anew',
    '비밀번호가 옛 형식으로 저장되어 있습니다. 관리자에게 이 사용자의 비밀번호 재설정을 요청하십시오',
  ),
  'NJS-123': faultText('the query took longer than is allowed', '쿼리가 허용 시간을 넘었습니다'),
  'NJS-138': faultText(
    'its version is too old; Oracle Database 12.1 is the oldest that can be used',
    '버전이 너무 낮습니다. Oracle Database 12.1 이상이어야 합니다',
  ),
  'NJS-500': faultText('it hung up', '연결이 끊어졌습니다'),
  'NJS-501': faultText('it hung up', '연결이 끊어졌습니다'),
  'NJS-503': faultText(
    'nothing listens at its address; check host and port, and whether the listener is started',
    '해당 주소에서 응답하는 서버가 없습니다. 호스트와 포트, 리스너 실행 여부를 확인하십시오',
  ),
  'NJS-505': faultText(
    'encryption cannot be started; check the wallet',
    '암호화를 시작할 수 없습니다. 월렛을 확인하십시오',
  ),
  'NJS-506': faultText(
    'encryption was refused; check that the port is that of TCPS, and the wallet',
    '암호화가 거부되었습니다. TCPS 포트가 맞는지와 월렛을 확인하십시오',
  ),
  'NJS-507': faultText('its certificate is for another name', '인증서의 이름이 다릅니다'),
  'NJS-508': faultText('its certificate is for another host name', '인증서의 호스트 이름이 다릅니다'),
  'NJS-509': faultText(
    'what answers at its address is no Oracle listener',
    '해당 주소의 서버는 Oracle 리스너가 아닙니다',
  ),
  'NJS-510': faultText(
    'it does not answer; check the firewall between',
    '응답이 없습니다. 중간의 방화벽을 확인하십시오',
  ),
  'NJS-511': faultText('its listener refuses the connection', '리스너가 연결을 거부합니다'),
  'NJS-513': faultText('it is shutting down', '종료 중입니다'),
  'NJS-518': faultText(
    'its listener does not know the service; check the service name, and whether the database is open (lsnrctl services)',
    '리스너가 서비스를 알지 못합니다. 서비스 이름과 데이터베이스가 열려 있는지 확인하십시오(lsnrctl services)',
  ),
  'NJS-519': faultText(
    'its listener does not know the SID; check the SID, or give the service name instead',
    '리스너가 SID를 알지 못합니다. SID를 확인하거나 서비스 이름을 쓰십시오',
  ),
  'NJS-521': faultText('it hung up', '연결이 끊어졌습니다'),
  'ORA-00018': faultText('it has no session left for Tank', '남은 세션이 없습니다'),
  'ORA-00020': faultText('it has no process left for Tank', '남은 프로세스가 없습니다'),
  'ORA-00054': faultText('another session holds a lock', '다른 세션이 잠금을 잡고 있습니다'),
  'ORA-00060': faultText(
    'another session held the same rows locked',
    '다른 세션이 같은 행을 잠그고 있었습니다',
  ),
  'ORA-01017': faultText(
    'it refuses the user or the password; see the secret of the source',
    '사용자 또는 비밀번호가 거부되었습니다. 데이터 소스의 비밀 정보를 확인하십시오',
  ),
  'ORA-01033': faultText('it is starting up or shutting down', '시작 또는 종료 중입니다'),
  'ORA-01034': faultText('it is not started', '시작되지 않았습니다'),
  'ORA-01045': faultText('the user lacks CREATE SESSION', '사용자에게 CREATE SESSION 권한이 없습니다'),
  'ORA-01555': faultText(
    'it could not keep its snapshot for as long as the query took',
    '쿼리가 끝날 때까지 스냅숏을 유지하지 못했습니다',
  ),
  'ORA-02391': faultText(
    'the user has as many sessions as its profile allows',
    '사용자의 세션 수가 프로파일 한도에 이르렀습니다',
  ),
  'ORA-08177': faultText('another session changed the same rows', '다른 세션이 같은 행을 변경했습니다'),
  'ORA-12170': faultText(
    'it does not answer; check the firewall between',
    '응답이 없습니다. 중간의 방화벽을 확인하십시오',
  ),
  'ORA-12505': faultText(
    'its listener does not know the SID; check the SID, or give the service name instead',
    '리스너가 SID를 알지 못합니다. SID를 확인하거나 서비스 이름을 쓰십시오',
  ),
  'ORA-12514': faultText(
    'its listener does not know the service; check the service name, and whether the database is open (lsnrctl services)',
    '리스너가 서비스를 알지 못합니다. 서비스 이름과 데이터베이스가 열려 있는지 확인하십시오(lsnrctl services)',
  ),
  'ORA-12516': faultText(
    'its listener has no free handler; the database has too many connections',
    '리스너에 남은 핸들러가 없습니다. 데이터베이스의 연결이 너무 많습니다',
  ),
  'ORA-12520': faultText(
    'its listener has no free handler; the database has too many connections',
    '리스너에 남은 핸들러가 없습니다. 데이터베이스의 연결이 너무 많습니다',
  ),
  'ORA-12541': faultText(
    'nothing listens at its address; check host and port, and whether the listener is started',
    '해당 주소에서 응답하는 서버가 없습니다. 호스트와 포트, 리스너 실행 여부를 확인하십시오',
  ),
  'ORA-28000': faultText(
    'the user is locked; let the administrator unlock it',
    '사용자가 잠겨 있습니다. 관리자에게 잠금 해제를 요청하십시오',
  ),
  'ORA-28001': faultText(
    'the password has expired; let the administrator set it anew',
    '비밀번호가 만료되었습니다. 관리자에게 재설정을 요청하십시오',
  ),
  'ORA-28009': faultText(
    'SYS may only connect as SYSDBA, which Tank never does; use an account of its own',
    'SYS는 SYSDBA로만 연결할 수 있고 Tank는 그렇게 연결하지 않습니다. 전용 계정을 쓰십시오',
  ),
  'ORA-30006': faultText('another session holds a lock', '다른 세션이 잠금을 잡고 있습니다'),
};

const LASTING: Readonly<Record<string, FaultText>> = {
  'ORA-01031': faultText('the user lacks the right to do this', '사용자에게 이 작업의 권한이 없습니다'),
  'ORA-01456': faultText(
    'the query tried to write, and it may only read',
    '읽기만 허용되는데 쿼리가 쓰려고 했습니다',
  ),
  'ORA-01722': faultText(
    'a value is not a number, and the query expects one',
    '쿼리가 숫자를 기대하는데 값이 숫자가 아닙니다',
  ),
  'ORA-01858': faultText(
    'a value is not a date, and the query expects one',
    '쿼리가 날짜를 기대하는데 값이 날짜가 아닙니다',
  ),
  'ORA-01861': faultText(
    'a value is not a date, and the query expects one',
    '쿼리가 날짜를 기대하는데 값이 날짜가 아닙니다',
  ),
  'ORA-12899': faultText('a value is too long for its column', '값이 컬럼 길이를 넘습니다'),
  'ORA-16000': faultText(
    'the database is open for reading only',
    '데이터베이스가 읽기 전용으로 열려 있습니다',
  ),
};

const REFUSED = faultText('Oracle refuses it', 'Oracle이 거부했습니다');

/** Codes of one row among many that are updated. */
const MAY_PASS_ALONE = ['ORA-00054', 'ORA-00060', 'ORA-08177', 'ORA-30006'];
/** ORA-00900 to ORA-00999 speak of the query's own text: "NICKNAME": invalid identifier. */
const ABOUT_THE_QUERY = /^ORA-009\d\d$/;

export const oracleFault = (thrown: unknown, faults: SourceFaults): TankError => {
  if (thrown instanceof TankError) return thrown;
  const code = codeOf(thrown);
  if (code === undefined) return toTankError(thrown);
  const passing = PASSING[code];
  if (passing) return faults.unreachable(withCode(passing, code));
  const text =
    ABOUT_THE_QUERY.test(code) && thrown instanceof Error ? firstLine(thrown.message) : LASTING[code];
  return faults.failed(withCode(text ?? REFUSED, code));
};

/** Without its code, and without the address of the manual that newer versions add. */
const firstLine = (message: string): string => (message.split('\n')[0] ?? '').replace(/^(ORA|NJS)-\d+: /, '');

export const codeOf = (thrown: unknown): string | undefined => {
  if (!(thrown instanceof Error)) return undefined;
  const named = 'code' in thrown ? String(thrown.code) : thrown.message;
  return /\b(?:ORA|NJS|DPI)-\d+/.exec(named)?.[0];
};

export const isPassing = (thrown: unknown): boolean => (codeOf(thrown) ?? '') in PASSING;

/** No other row would fare better. */
export const isFaultOfAll = (thrown: unknown): boolean => {
  const code = codeOf(thrown);
  return (
    code === undefined ||
    (!MAY_PASS_ALONE.includes(code) &&
      (code in PASSING || ABOUT_THE_QUERY.test(code) || code === 'ORA-01031'))
  );
};

export const isRefusedLogin = (thrown: unknown): boolean =>
  ['ORA-01017', 'ORA-28000', 'ORA-28001', 'ORA-28009'].includes(codeOf(thrown) ?? '');
