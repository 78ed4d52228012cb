import type { Key } from './key.ts';
import { integer, list } from './key.ts';

const perMinute = integer(1, 10_000_000);

/** Who may come in, from where, and how often. */
export const ACCESS_KEYS = [
  {
    name: 'TANK_TRUSTED_PROXIES',
    type: list(
      /^(loopback|cloudflare|[0-9a-f.:]+(\/\d{1,3})?)$/i,
      'loopback, cloudflare, addresses or ranges',
    ),
    about:
      'Whose X-Forwarded-For counts: loopback, cloudflare (its CF-Connecting-IP), addresses, ranges; none: the address of the connection',
  },
  {
    name: 'TANK_CORS_ORIGINS',
    type: list(/^https?:\/\/[a-z0-9.-]+(:\d{1,5})?$/, 'origins such as https://intranet.example.com'),
    about: 'Other origins whose pages may call the API with a bearer token, exactly as browsers send them',
  },
  {
    name: 'TANK_LIMIT_GLOBAL',
    type: perMinute,
    fallback: '1000',
    about: 'Requests a minute of all callers together, without gateway and events',
  },
  { name: 'TANK_LIMIT_ADDRESS', type: perMinute, fallback: '100', about: 'Requests a minute and address' },
  { name: 'TANK_LIMIT_USER', type: perMinute, fallback: '500', about: 'Requests a minute and account' },
  { name: 'TANK_LIMIT_LOGIN', type: perMinute, fallback: '5', about: 'Sign-ins a minute and address' },
  {
    name: 'TANK_LIMIT_REGISTRATION',
    type: perMinute,
    fallback: '3',
    about: 'Invitations taken up in five minutes and address',
  },
  {
    name: 'TANK_LIMIT_RUN_START',
    type: perMinute,
    fallback: '50',
    about: 'Runs started a minute and account',
  },
  {
    name: 'TANK_LIMIT_GATEWAY',
    type: perMinute,
    fallback: '60000',
    about: 'Requests to the gateway a minute and client',
  },
  {
    name: 'TANK_LIMIT_EVENTS',
    type: perMinute,
    fallback: '60000',
    about: 'Notifications of SES a minute and address',
  },
  {
    name: 'TANK_LIMIT_WIDE',
    type: perMinute,
    fallback: '1000',
    about:
      'Requests a minute of an address in TANK_LIMIT_WIDE_ADDRESSES; its other limits grow by the same factor',
  },
  {
    name: 'TANK_LIMIT_WIDE_ADDRESSES',
    type: list(/^[0-9a-f.:]+(\/\d{1,3})?$/i, 'addresses or ranges'),
    about: 'Addresses behind which many people sit: the proxy of a company',
  },
  {
    name: 'TANK_SESSION_IDLE_MINUTES',
    type: integer(1, 1440),
    fallback: '15',
    about: 'A session of the console ends when it was not used for so long',
  },
  {
    name: 'TANK_SESSION_MINUTES',
    type: integer(1, 1440),
    fallback: '30',
    about: 'A session of the console ends after so long in any case',
  },
  {
    name: 'TANK_REFRESH_HOURS',
    type: integer(1, 2160),
    fallback: '168',
    about: 'How long a program may refresh its tokens before it signs in again',
  },
  {
    name: 'TANK_OWNER_SECOND_FACTOR',
    type: { kind: 'choice', of: ['required', 'optional'] },
    about: 'Whether owners need a second factor; none: required as soon as TANK_PUBLIC_URL is set',
  },
  {
    name: 'TANK_CAPTCHA_URL',
    type: { kind: 'url', schemes: ['https:', 'http:'] },
    about:
      'Where answers to puzzles are verified (siteverify of Turnstile, hCaptcha, reCAPTCHA; its key is the password of the secret captcha); none: no puzzles. Asked of who has failed three times',
  },
  {
    name: 'TANK_SIGN_IN_WITH',
    type: list(/^(google|github|company)$/, 'google, github, company'),
    about:
      'Providers of single sign-on; their client id and secret are user and password of the secrets oidc-google, oidc-github, oidc-company',
  },
  {
    name: 'TANK_OIDC_ISSUER',
    type: { kind: 'url', schemes: ['https:', 'http:'] },
    about: 'Issuer of the provider company, such as https://sso.example.com',
  },
  {
    name: 'TANK_OIDC_DOMAINS',
    type: list(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'mail domains such as example.com'),
    about: 'Mail domains that may sign in by a provider',
  },
  {
    name: 'TANK_OIDC_REGISTRATION',
    type: { kind: 'choice', of: ['off', 'viewer', 'operator'] },
    fallback: 'off',
    about: 'Role of somebody who signs in by a provider and has no account; off: refused',
  },
] as const satisfies readonly Key[];
