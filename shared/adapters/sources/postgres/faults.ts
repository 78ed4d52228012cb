import { TankError, toTankError } from '../../../domain/errors.ts';
import type { SourceFaults } from '../source-faults.ts';

/** Codes of Node and of TLS, before PostgreSQL was reached. */
const NETWORK: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens at its address; is the server started, and is the port right?',
  ENOTFOUND: 'its host name is unknown',
  EAI_AGAIN: 'its host name cannot be looked up now',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'there is no way to its host',
  ENETUNREACH: 'there is no way to its network',
  ECONNRESET: 'it hung up',
  EPIPE: 'it hung up',
  ENOENT: 'there is no such socket',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself; give the authority with sslrootcert',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an unknown authority; give it with sslrootcert',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate comes from an unknown authority; give it with sslrootcert',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'its certificate comes from an unknown authority; give it with sslrootcert',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name',
};

/** https://www.postgresql.org/docs/current/errcodes-appendix.html: what waiting, or another secret, mends. */
const PASSING: Readonly<Record<string, string>> = {
  '28P01': 'it refuses the user or the password; see the secret of the source',
  '28000': 'it refuses this user from this machine; see pg_hba.conf',
  '3D000': 'it has no database of this name',
  '25P03': 'it ended a transaction that stood still for too long',
  '25P04': 'it ended a transaction that took too long',
  '57P01': 'it was shut down',
  '57P02': 'it crashed',
  '57P03': 'it is starting up or shutting down',
  '57014': 'the query took longer than is allowed',
  '53300': 'it has no connection left for Tank',
  '55P03': 'another session holds a lock for too long',
  '40001': 'another session changed the same rows',
  '40P01': 'another session held the same rows locked',
};
const PASSING_CLASSES = ['08', '53', '57', '58'];

/** Their texts are made from the query's own: "column "nickname" does not exist". */
const ABOUT_THE_QUERY = '42';
const LASTING: Readonly<Record<string, string>> = {
  '25006': 'the query tried to write, and it may only read',
  '22': 'a value does not have the form or size that the query expects of it',
  '23': 'a constraint of a table refuses the change',
  '0A': 'the query uses what PostgreSQL does not support here',
};

const MESSAGES: readonly (readonly [RegExp, string])[] = [
  [
    /does not support SSL/,
    'it does not encrypt its connections; say sslmode=disable if that is meant to be so',
  ],
  [/timeout exceeded when trying to connect|connection timeout/, 'it does not answer'],
  [/read timeout/, 'the query took longer than is allowed'],
  [/terminated|not queryable|closed/i, 'it hung up'],
  [/password must be a string/, 'it asks for a password; give the source a secret'],
];

export const postgresFault = (thrown: unknown, faults: SourceFaults): TankError => {
  if (thrown instanceof TankError) return thrown;
  const code = sqlState(thrown);
  if (code !== undefined) return ofServer(code, thrown, faults);
  const reason = reasonOfClient(thrown);
  return reason === undefined ? toTankError(thrown) : faults.unreachable(reason);
};

const ofServer = (code: string, thrown: unknown, faults: SourceFaults): TankError => {
  if (isPassing(code)) return faults.unreachable(`${PASSING[code] ?? 'it cannot serve now'} (${code})`);
  const text = code.startsWith(ABOUT_THE_QUERY) && thrown instanceof Error ? thrown.message : undefined;
  return faults.failed(
    `${text ?? LASTING[code] ?? LASTING[code.slice(0, 2)] ?? 'PostgreSQL refuses it'} (${code})`,
  );
};

/** Nothing when it is no fault of a connection at all. */
const reasonOfClient = (thrown: unknown): string | undefined => {
  if (!(thrown instanceof Error)) return undefined;
  const code = codeOf(thrown);
  const known = code === undefined ? undefined : NETWORK[code];
  return (
    known ??
    MESSAGES.find(([pattern]) => pattern.test(thrown.message))?.[1] ??
    (code && `the connection failed (${code})`)
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
