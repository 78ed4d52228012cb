import httpSecurityHeaders from '@middy/http-security-headers';
import type { HttpMiddleware } from './call.ts';

const ONE_YEAR_SECONDS = 365 * 24 * 60 * 60;

/** The library sends these with HTML only; an API reply that a browser is made to render needs them as well. */
const FOR_EVERY_REPLY = {
  'content-security-policy':
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
};

/** On the way out the library comes first; the last word makes all names lower-case, so that none is there twice. */
export const securityHeaders = (): HttpMiddleware[] => [
  { after: completeHeaders, onError: completeHeaders },
  httpSecurityHeaders({
    strictTransportSecurity: { maxAge: ONE_YEAR_SECONDS, includeSubDomains: true, preload: false },
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
    // It would set headers to undefined, which node:http refuses.
    poweredBy: false,
    contentSecurityPolicy: false,
    permissionsPolicy: false,
    frameOptions: false,
    crossOriginResourcePolicy: false,
    downloadOptions: false,
    reportTo: false,
    xssProtection: false,
  }),
];

const completeHeaders: NonNullable<HttpMiddleware['after']> = ({ response }) => {
  if (!response) return;
  const own = Object.entries(response.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  response.headers = { ...FOR_EVERY_REPLY, ...Object.fromEntries(own) };
};
