import { lookup as systemLookup } from 'node:dns/promises';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { TankError } from '../../domain/errors.ts';
import type { Web, WebReply, WebRequest } from '../../ports/web.ts';
import { isPublicAddress } from './public-address.ts';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

export interface WebOptions {
  /** public: addresses that somebody else has written down. anywhere: those of the settings. */
  readonly reach: 'public' | 'anywhere';
  readonly resolve?: (hostname: string) => Promise<readonly ResolvedAddress[]>;
  /** Certificates to trust beside the usual ones; for tests. */
  readonly ca?: string;
  /** Which addresses may be reached; for tests, which have loopback only. */
  readonly isAllowed?: (address: string) => boolean;
}

const resolveBySystem = (hostname: string) => systemLookup(hostname, { all: true });

/** No connection is kept: what it does is rare, and each exchange is checked by itself. */
export const createWeb = ({ reach, resolve = resolveBySystem, ca, isAllowed }: WebOptions): Web => {
  const allowed = isAllowed ?? (reach === 'public' ? isPublicAddress : () => true);
  return {
    exchange: async (request) => {
      const url = readUrl(request.url, reach);
      const addresses = await resolved(url, resolve);
      // One bad address among good ones is how a name is rebound: then none is trusted.
      if (addresses.length === 0 || !addresses.every(({ address }) => allowed(address)))
        throw failed(url, 'its address is not public');
      try {
        return await exchange(url, request, addresses, ca);
      } catch (thrown) {
        throw thrown instanceof TankError ? thrown : failed(url, codeOf(thrown), thrown);
      }
    },
  };
};

const readUrl = (text: string, reach: WebOptions['reach']): URL => {
  if (!URL.canParse(text)) throw new TankError('web_failed', { host: '?', reason: 'it is no address' });
  const url = new URL(text);
  const schemes = reach === 'public' ? ['https:'] : ['https:', 'http:'];
  if (!schemes.includes(url.protocol)) throw failed(url, `only ${schemes.join(' and ')} is allowed`);
  if (reach === 'public' && (url.username || url.password)) throw failed(url, 'it carries a user name');
  return url;
};

const failed = (url: URL, reason: string, cause?: unknown): TankError =>
  new TankError('web_failed', { host: url.hostname, reason }, cause === undefined ? {} : { cause });

const codeOf = (thrown: unknown): string => {
  if (!(thrown instanceof Error)) return 'unknown';
  if (thrown.name === 'TimeoutError' || thrown.name === 'AbortError') return 'it took too long';
  return 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : thrown.name;
};

const resolved = async (
  url: URL,
  resolve: NonNullable<WebOptions['resolve']>,
): Promise<readonly ResolvedAddress[]> => {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  if (family > 0) return [{ address: host, family }];
  return resolve(host).catch((cause: unknown) => {
    throw failed(url, codeOf(cause), cause);
  });
};

/** The connection goes to the address that was checked: asked again, the name could answer otherwise. */
const lookupOf = (addresses: readonly ResolvedAddress[]): LookupFunction =>
  function lookup(_hostname, options, done) {
    const [first] = addresses;
    if (options.all) done(null, [...addresses]);
    else done(null, first?.address ?? '', first?.family ?? 4);
  };

const exchange = (
  url: URL,
  { method = 'GET', headers = {}, body, timeoutMs, maxBytes }: WebRequest,
  addresses: readonly ResolvedAddress[],
  ca: string | undefined,
): Promise<WebReply> =>
  new Promise((resolve, reject) => {
    const options = {
      method,
      agent: false as const,
      lookup: lookupOf(addresses),
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        'accept-encoding': 'identity',
        ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
        ...headers,
      },
    };
    const answered = (reply: IncomingMessage): void => {
      readReply(url, reply, maxBytes).then(resolve, (fault: unknown) => {
        reply.destroy();
        reject(fault);
      });
    };
    const request =
      url.protocol === 'https:'
        ? requestHttps(url, { ...options, ...(ca === undefined ? {} : { ca }) }, answered)
        : requestHttp(url, options, answered);
    request.on('error', reject);
    request.end(body);
  });

const readReply = async (url: URL, reply: IncomingMessage, maxBytes: number): Promise<WebReply> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of reply as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw failed(url, `it is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  const headers = Object.fromEntries(
    Object.entries(reply.headers).map(([name, value]) => [name, String(value ?? '')]),
  );
  return { status: reply.statusCode ?? 0, headers, body: Buffer.concat(chunks) };
};
