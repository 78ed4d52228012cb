/** A word that only a page of ours can know: `nonce.time.seal`, the seal over session, nonce and time. */
export const CSRF_LIFETIME_MS = 24 * 3_600_000;

type Seal = (value: string) => string;

const FORM = /^([\w-]{16,64})\.(\d{10,15})\.([\w-]{24})$/;

const sealed = (sessionId: string, nonce: string, time: string): string => `${sessionId}|${nonce}|${time}`;

export const makeCsrfToken = (sessionId: string, nonce: string, now: number, seal: Seal): string =>
  `${nonce}.${now}.${seal(sealed(sessionId, nonce, String(now)))}`;

export const isCsrfToken = (token: string, sessionId: string, now: number, seal: Seal): boolean => {
  const [, nonce = '', time = '', given = ''] = FORM.exec(token) ?? [];
  if (nonce === '' || Number(time) > now || now - Number(time) > CSRF_LIFETIME_MS) return false;
  return isSame(given, seal(sealed(sessionId, nonce, time)));
};

/** In the same time wherever the first difference is. */
const isSame = (a: string, b: string): boolean => {
  let difference = a.length ^ b.length;
  for (let at = 0; at < a.length; at += 1) difference |= a.charCodeAt(at) ^ b.charCodeAt(at);
  return difference === 0;
};
