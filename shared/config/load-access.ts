import type { AccessRules, FederationRules, Provider } from '../domain/access-rules.ts';
import { parseRange } from '../domain/address-range.ts';
import { parseProxies } from '../domain/client-address.ts';
import type { Role } from '../domain/permissions.ts';
import type { ConfigFault } from './key.ts';
import type { Read } from './keys.ts';

const MINUTE_MS = 60_000;

const listOf = (value: string | undefined): string[] => value?.split(',').map((item) => item.trim()) ?? [];

const rangesOf = (value: string | undefined) => listOf(value).flatMap((text) => parseRange(text) ?? []);

export const accessRules = (read: Read): AccessRules => {
  const number = (name: Parameters<Read>[0]) => Number(read(name));
  const publicOrigin = originOf(read('TANK_PUBLIC_URL'));
  const captchaUrl = read('TANK_CAPTCHA_URL');
  return {
    ...(publicOrigin && { publicOrigin }),
    origins: listOf(read('TANK_CORS_ORIGINS')),
    proxies: parseProxies(listOf(read('TANK_TRUSTED_PROXIES'))) ?? { ranges: [], cloudflare: false },
    limits: {
      global: number('TANK_LIMIT_GLOBAL'),
      address: number('TANK_LIMIT_ADDRESS'),
      user: number('TANK_LIMIT_USER'),
      login: number('TANK_LIMIT_LOGIN'),
      registration: number('TANK_LIMIT_REGISTRATION'),
      'run-start': number('TANK_LIMIT_RUN_START'),
      gateway: number('TANK_LIMIT_GATEWAY'),
      events: number('TANK_LIMIT_EVENTS'),
    },
    wide: { ranges: rangesOf(read('TANK_LIMIT_WIDE_ADDRESSES')), limit: number('TANK_LIMIT_WIDE') },
    sessions: {
      idleMs: number('TANK_SESSION_IDLE_MINUTES') * MINUTE_MS,
      absoluteMs: number('TANK_SESSION_MINUTES') * MINUTE_MS,
      refreshMs: number('TANK_REFRESH_HOURS') * 60 * MINUTE_MS,
    },
    ownerSecondFactor:
      (read('TANK_OWNER_SECOND_FACTOR') ?? (publicOrigin ? 'required' : 'optional')) === 'required',
    federation: federationRules(read),
    ...(captchaUrl && { captchaUrl }),
  };
};

const federationRules = (read: Read): FederationRules => {
  const issuer = read('TANK_OIDC_ISSUER');
  const registerAs = read('TANK_OIDC_REGISTRATION');
  return {
    providers: listOf(read('TANK_SIGN_IN_WITH')) as Provider[],
    ...(issuer && { issuer }),
    domains: listOf(read('TANK_OIDC_DOMAINS')),
    ...(registerAs !== 'off' && { registerAs: registerAs as Role }),
  };
};

const originOf = (url: string | undefined): string | undefined =>
  url && URL.canParse(url) ? new URL(url).origin : undefined;

/** What the form of a single value does not show. */
export const accessFaults = (read: Read): ConfigFault[] => [
  ...unreadableRanges(read),
  ...localOrigins(read),
  ...federationFaults(read),
];

const unreadableRanges = (read: Read): ConfigFault[] => {
  const faults: ConfigFault[] = [];
  const mend = 'Give addresses such as 203.0.113.7 or ranges such as 203.0.113.0/24, separated by commas.';
  if (!parseProxies(listOf(read('TANK_TRUSTED_PROXIES'))))
    faults.push({ key: 'TANK_TRUSTED_PROXIES', problem: 'holds what is no address', mend });
  if (listOf(read('TANK_LIMIT_WIDE_ADDRESSES')).some((text) => !parseRange(text)))
    faults.push({ key: 'TANK_LIMIT_WIDE_ADDRESSES', problem: 'holds what is no address', mend });
  return faults;
};

const LOCAL_HOST = /^https?:\/\/(localhost|[^/]*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])(:|\/|$)/i;

/** A page on somebody's own machine is nobody's to trust once others reach the installation. */
const localOrigins = (read: Read): ConfigFault[] => {
  const publicUrl = read('TANK_PUBLIC_URL');
  if (!publicUrl || LOCAL_HOST.test(publicUrl)) return [];
  const faults: ConfigFault[] = [];
  if (!publicUrl.startsWith('https://'))
    faults.push({
      key: 'TANK_PUBLIC_URL',
      problem: 'does not begin with https://',
      mend: 'Browsers keep no session without TLS; put nginx or Tank’s own TLS in front and name it.',
    });
  const local = listOf(read('TANK_CORS_ORIGINS')).filter((origin) => LOCAL_HOST.test(origin));
  if (local.length > 0)
    faults.push({
      key: 'TANK_CORS_ORIGINS',
      problem: `holds ${local.join(', ')}, while TANK_PUBLIC_URL names an installation for others`,
      mend: 'Leave local origins to machines where TANK_PUBLIC_URL is unset.',
    });
  return faults;
};

const federationFaults = (read: Read): ConfigFault[] => {
  const providers = listOf(read('TANK_SIGN_IN_WITH'));
  const faults: ConfigFault[] = [];
  const needed = (key: 'TANK_PUBLIC_URL' | 'TANK_OIDC_ISSUER' | 'TANK_OIDC_DOMAINS', by: string) => {
    if (!read(key))
      faults.push({
        key,
        problem: `is missing, and ${by} needs it`,
        mend: `Set ${key}, or choose otherwise.`,
      });
  };
  if (providers.length > 0) needed('TANK_PUBLIC_URL', 'TANK_SIGN_IN_WITH');
  if (providers.includes('company')) needed('TANK_OIDC_ISSUER', 'TANK_SIGN_IN_WITH=company');
  if (read('TANK_OIDC_REGISTRATION') !== 'off') needed('TANK_OIDC_DOMAINS', 'TANK_OIDC_REGISTRATION');
  return faults;
};
