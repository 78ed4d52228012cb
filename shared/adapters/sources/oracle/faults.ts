import { TankError, toTankError } from '../../../domain/errors.ts';
import type { SourceFaults } from '../source-faults.ts';

/** What waiting or another secret mends, with what to do about it. */
const PASSING: Readonly<Record<string, string>> = {
  'NJS-040': 'all its connections are busy',
  'NJS-116': 'it keeps the password in an old form; let the administrator set the password of this user anew',
  'NJS-123': 'the query took longer than is allowed',
  'NJS-138': 'its version is too old; Oracle Database 12.1 is the oldest that can be used',
  'NJS-500': 'it hung up',
  'NJS-501': 'it hung up',
  'NJS-503': 'nothing listens at its address; check host and port, and whether the listener is started',
  'NJS-505': 'encryption cannot be started; check the wallet',
  'NJS-506': 'encryption was refused; check that the port is that of TCPS, and the wallet',
  'NJS-507': 'its certificate is for another name',
  'NJS-508': 'its certificate is for another host name',
  'NJS-509': 'what answers at its address is no Oracle listener',
  'NJS-510': 'it does not answer; check the firewall between',
  'NJS-511': 'its listener refuses the connection',
  'NJS-513': 'it is shutting down',
  'NJS-518':
    'its listener does not know the service; check the service name, and whether the database is open (lsnrctl services)',
  'NJS-519': 'its listener does not know the SID; check the SID, or give the service name instead',
  'NJS-521': 'it hung up',
  'ORA-00018': 'it has no session left for Tank',
  'ORA-00020': 'it has no process left for Tank',
  'ORA-00054': 'another session holds a lock',
  'ORA-00060': 'another session held the same rows locked',
  'ORA-01017': 'it refuses the user or the password; see the secret of the source',
  'ORA-01033': 'it is starting up or shutting down',
  'ORA-01034': 'it is not started',
  'ORA-01045': 'the user lacks CREATE SESSION',
  'ORA-01555': 'it could not keep its snapshot for as long as the query took',
  'ORA-02391': 'the user has as many sessions as its profile allows',
  'ORA-08177': 'another session changed the same rows',
  'ORA-12170': 'it does not answer; check the firewall between',
  'ORA-12505': 'its listener does not know the SID; check the SID, or give the service name instead',
  'ORA-12514':
    'its listener does not know the service; check the service name, and whether the database is open (lsnrctl services)',
  'ORA-12516': 'its listener has no free handler; the database has too many connections',
  'ORA-12520': 'its listener has no free handler; the database has too many connections',
  'ORA-12541': 'nothing listens at its address; check host and port, and whether the listener is started',
  'ORA-28000': 'the user is locked; let the administrator unlock it',
  'ORA-28001': 'the password has expired; let the administrator set it anew',
  'ORA-28009': 'SYS may only connect as SYSDBA, which Tank never does; use an account of its own',
  'ORA-30006': 'another session holds a lock',
};

const LASTING: Readonly<Record<string, string>> = {
  'ORA-01031': 'the user lacks the right to do this',
  'ORA-01456': 'the query tried to write, and it may only read',
  'ORA-01722': 'a value is not a number, and the query expects one',
  'ORA-01858': 'a value is not a date, and the query expects one',
  'ORA-01861': 'a value is not a date, and the query expects one',
  'ORA-12899': 'a value is too long for its column',
  'ORA-16000': 'the database is open for reading only',
};

/** Codes of one row among many that are updated. */
const MAY_PASS_ALONE = ['ORA-00054', 'ORA-00060', 'ORA-08177', 'ORA-30006'];
/** ORA-00900 to ORA-00999 speak of the query's own text: "NICKNAME": invalid identifier. */
const ABOUT_THE_QUERY = /^ORA-009\d\d$/;

export const oracleFault = (thrown: unknown, faults: SourceFaults): TankError => {
  if (thrown instanceof TankError) return thrown;
  const code = codeOf(thrown);
  if (code === undefined) return toTankError(thrown);
  if (code in PASSING) return faults.unreachable(`${PASSING[code]} (${code})`);
  const text =
    ABOUT_THE_QUERY.test(code) && thrown instanceof Error ? firstLine(thrown.message) : LASTING[code];
  return faults.failed(`${text ?? 'Oracle refuses it'} (${code})`);
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
