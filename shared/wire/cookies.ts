/** `__Host-` makes browsers refuse them without TLS, with a Domain, or for part of the paths: no sister host can plant one. */
export const SESSION_COOKIE = '__Host-tank-session';
export const DEVICE_COOKIE = '__Host-tank-device';
export const DEPARTURE_COOKIE = '__Host-tank-departure';

const VALUE = /^[\w.-]{1,200}$/;

/** Undefined where there is none, or more than one: then somebody has planted the other. */
export const readCookie = (cookies: readonly string[] | undefined, name: string): string | undefined => {
  const values = (cookies ?? [])
    .map((cookie) => cookie.trim())
    .filter((cookie) => cookie.startsWith(`${name}=`))
    .map((cookie) => cookie.slice(name.length + 1));
  const [value, ...others] = values;
  return value !== undefined && others.length === 0 && VALUE.test(value) ? value : undefined;
};

export interface CookieOptions {
  readonly maxAgeSeconds: number;
  /** Lax where a provider sends the browser back to us; Strict otherwise. */
  readonly sameSite?: 'Strict' | 'Lax';
}

export const writeCookie = (
  name: string,
  value: string,
  { maxAgeSeconds, sameSite = 'Strict' }: CookieOptions,
): string => `${name}=${value}; Path=/; Secure; HttpOnly; SameSite=${sameSite}; Max-Age=${maxAgeSeconds}`;

export const dropCookie = (name: string): string => writeCookie(name, '', { maxAgeSeconds: 0 });
