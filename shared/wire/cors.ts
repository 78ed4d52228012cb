const METHODS = 'GET, POST, PUT, PATCH, DELETE';
const HEADERS = 'Authorization, Content-Type, X-CSRF-Token, Idempotency-Key, If-Match';
const EXPOSED =
  'ETag, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, X-Request-Id, Content-Disposition';
const MAX_AGE_SECONDS = 3600;

/**
 * For pages of other origins that call with a bearer token: no credentials, so that no cookie of ours travels with
 * their requests. Compared whole; `null`, which every sandboxed page may say, is in no list.
 */
export const corsHeaders = (
  origin: string | undefined,
  origins: readonly string[],
): Readonly<Record<string, string>> => {
  if (origins.length === 0) return {};
  if (origin === undefined || !origins.includes(origin)) return { vary: 'Origin' };
  return { vary: 'Origin', 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED };
};

/** What a browser asks before it sends anything but the simplest. */
export const preflightHeaders = (
  origin: string | undefined,
  origins: readonly string[],
): Readonly<Record<string, string>> => {
  const allowed = corsHeaders(origin, origins);
  if (!('access-control-allow-origin' in allowed)) return allowed;
  const { 'access-control-expose-headers': _, ...rest } = allowed;
  return {
    ...rest,
    'access-control-allow-methods': METHODS,
    'access-control-allow-headers': HEADERS,
    'access-control-max-age': String(MAX_AGE_SECONDS),
  };
};
