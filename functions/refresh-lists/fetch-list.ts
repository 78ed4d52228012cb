import { TankError } from '../../shared/domain/errors.ts';
import type { BlockList } from '../../shared/ports/block-lists.ts';
import type { Clock } from '../../shared/ports/runtime.ts';
import type { Web, WebReply } from '../../shared/ports/web.ts';

/** A million addresses of 25 letters are half of this. */
const MAX_BYTES = 64 * 1024 * 1024;
const TIMEOUT_MS = 60_000;
/** A published sheet sends its readers on once. */
const MAX_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];

export type FetchedList =
  | { readonly kind: 'same' }
  | { readonly kind: 'text'; readonly text: string; readonly etag?: string };

/** Every hop is an exchange of its own, so that each is held against the same rules as the first. */
export const fetchList = async (
  web: Web,
  clock: Pick<Clock, 'monotonic'>,
  list: BlockList,
): Promise<FetchedList> => {
  const endsAt = clock.monotonic() + TIMEOUT_MS;
  let url = list.url;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const reply = await web.exchange({
      url,
      headers: { accept: 'text/csv, text/plain;q=0.9', ...(list.etag ? { 'if-none-match': list.etag } : {}) },
      timeoutMs: Math.max(1, endsAt - clock.monotonic()),
      maxBytes: MAX_BYTES,
    });
    if (!REDIRECTS.includes(reply.status)) return readReply(url, reply);
    url = nextUrl(url, reply);
  }
  throw failed(url, 'it sends on and on');
};

const nextUrl = (url: string, { headers }: WebReply): string => {
  const { location } = headers;
  if (!location || !URL.canParse(location, url)) throw failed(url, 'it sends on to nowhere');
  return new URL(location, url).href;
};

const readReply = (url: string, { status, headers, body }: WebReply): FetchedList => {
  if (status === 304) return { kind: 'same' };
  if (status !== 200) throw failed(url, `it answered ${status}`);
  // A sheet that is not published any more answers 200 with a page to sign in.
  if (/html/i.test(headers['content-type'] ?? '')) throw failed(url, 'it answered a web page, not a list');
  const text = Buffer.from(body).toString();
  if (text.includes('\ufffd')) throw failed(url, 'it is not UTF-8');
  return { kind: 'text', text, ...(headers.etag ? { etag: headers.etag } : {}) };
};

const failed = (url: string, reason: string): TankError =>
  new TankError('web_failed', { host: new URL(url).hostname, reason });
