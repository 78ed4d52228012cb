import { createHash, createHmac } from 'node:crypto';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface Signable {
  readonly host: string;
  readonly path: string;
  readonly body: readonly Uint8Array[];
  readonly now: number;
}

const SERVICE = 'ses';
const CONTENT_TYPE = 'application/json';

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** AWS Signature Version 4 of a POST without a query. The signing key is derived once a day and secret. */
export class Signer {
  readonly #region: string;
  #key: { readonly secret: string; readonly day: string; readonly bytes: Buffer } | undefined;

  constructor(region: string) {
    this.#region = region;
  }

  /** The headers to send, `authorization` among them. */
  sign({ host, path, body, now }: Signable, credentials: Credentials): Record<string, string> {
    const time = new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, '');
    const headers: Record<string, string> = { 'content-type': CONTENT_TYPE, host, 'x-amz-date': time };
    if (credentials.sessionToken) headers['x-amz-security-token'] = credentials.sessionToken;
    const names = Object.keys(headers).join(';');
    const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
    const canonical = `POST\n${path}\n\n${lines.join('')}\n${names}\n${hashOf(body)}`;
    const day = time.slice(0, 8);
    const scope = `${day}/${this.#region}/${SERVICE}/aws4_request`;
    const text = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hashOf([Buffer.from(canonical)])}`;
    const signature = hmac(this.#keyOf(credentials.secretAccessKey, day), text).toString('hex');
    headers.authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
    return headers;
  }

  #keyOf(secret: string, day: string): Buffer {
    if (this.#key?.secret !== secret || this.#key.day !== day) {
      const bytes = [day, this.#region, SERVICE, 'aws4_request'].reduce<string | Buffer>(
        hmac,
        `AWS4${secret}`,
      );
      this.#key = { secret, day, bytes: Buffer.from(bytes) };
    }
    return this.#key.bytes;
  }
}

const hashOf = (chunks: readonly Uint8Array[]): string => {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
};
