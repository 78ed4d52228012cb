import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import { bothLanguages, TankError } from '../../../domain/errors.ts';

const MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const;
type SslMode = (typeof MODES)[number];

/** Where a source is, and how the way there is protected. Never who one is: that is in the secret store. */
export interface PostgresAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user?: string;
  readonly sslMode: SslMode;
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

const PARAMETERS = ['host', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey'];
const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

const refuse = (en: string, ko: string): never => {
  throw new TankError('invalid_definition', bothLanguages({ en, ko }));
};

/** postgres://host:port/database?sslmode=…; a socket as postgres:///database?host=/var/run/postgresql */
export const parseAddress = (text: string): PostgresAddress => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['postgres:', 'postgresql:'].includes(url.protocol))
    return refuse(
      'the address is not of the form postgres://host:port/database',
      '주소는 postgres://host:port/database 형식이어야 합니다',
    );
  if (url.password !== '')
    return refuse(
      'the address holds a password; put it into the secret of the source',
      '주소에 비밀번호가 있습니다. 데이터 소스의 비밀 정보에 넣으십시오',
    );
  for (const name of url.searchParams.keys()) {
    if (!PARAMETERS.includes(name))
      return refuse(
        `the address has an unknown parameter "${name}"; known are ${PARAMETERS.join(', ')}`,
        `주소에 알 수 없는 매개변수 "${name}"이(가) 있습니다. 사용할 수 있는 것: ${PARAMETERS.join(', ')}`,
      );
  }
  const database = decodeURIComponent(url.pathname.slice(1));
  if (database === '') return refuse('the address names no database', '주소에 데이터베이스 이름이 없습니다');
  const host = url.searchParams.get('host') ?? url.hostname.replace(/^\[|\]$/g, '');
  if (host === '') return refuse('the address names no host', '주소에 호스트가 없습니다');
  return {
    host,
    port: Number(url.port || 5432),
    database,
    sslMode: sslModeOf(url.searchParams.get('sslmode'), host),
    ...(url.username ? { user: decodeURIComponent(url.username) } : {}),
    ...files(url.searchParams),
  };
};

/** What leaves the machine is encrypted and its server verified, unless the address says otherwise. */
const sslModeOf = (text: string | null, host: string): SslMode => {
  if (text === null) return isLocal(host) ? 'disable' : 'verify-full';
  return (
    MODES.find((mode) => mode === text) ??
    refuse(`sslmode is one of ${MODES.join(', ')}`, `sslmode는 ${MODES.join(', ')} 중 하나입니다`)
  );
};

const isLocal = (host: string): boolean => host.startsWith('/') || LOOPBACK.includes(host);

const files = (parameters: URLSearchParams) => {
  const file = <F extends string>(field: F, parameter: string) => {
    const value = parameters.get(parameter);
    return value ? ({ [field]: value } as Record<F, string>) : {};
  };
  return { ...file('caFile', 'sslrootcert'), ...file('certFile', 'sslcert'), ...file('keyFile', 'sslkey') };
};

/** Read anew for each pool, so that a renewed certificate is taken up. */
export const tlsOptions = async (address: PostgresAddress): Promise<ConnectionOptions | false> => {
  if (address.sslMode === 'disable') return false;
  const [ca, cert, key] = await Promise.all([address.caFile, address.certFile, address.keyFile].map(readPem));
  return {
    // Node holds the certificate against this name; pg gives it none when the host is an IP address.
    host: address.host,
    ...(ca ? { ca } : {}),
    ...(cert ? { cert } : {}),
    ...(key ? { key } : {}),
    rejectUnauthorized: address.sslMode !== 'require',
    ...(address.sslMode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
  };
};

const readPem = async (file: string | undefined): Promise<string | undefined> => {
  if (file === undefined) return undefined;
  return readFile(file, 'utf8').catch(() =>
    refuse(`the certificate file ${file} cannot be read`, `인증서 파일 ${file}을(를) 읽을 수 없습니다`),
  );
};
