import { type AddressRange, isInRanges } from './address-range.ts';
import type { TrustedProxies } from './client-address.ts';
import type { Role } from './permissions.ts';
import type { LimitName } from './rate-limit.ts';

/** What the settings say about who may come in, from where, and how often. */
export interface AccessRules {
  /** Scheme, host and port under which people reach Tank; none: nobody but this machine is meant to. */
  readonly publicOrigin?: string;
  /** Foreign origins whose pages may call the API with a bearer token. */
  readonly origins: readonly string[];
  readonly proxies: TrustedProxies;
  readonly limits: Readonly<Record<LimitName, number>>;
  /** Addresses behind which many people sit: a company's proxy. */
  readonly wide: { readonly ranges: readonly AddressRange[]; readonly limit: number };
  readonly sessions: SessionRules;
  /** Owners sign in with a second factor, or set one up before anything else. */
  readonly ownerSecondFactor: boolean;
  readonly federation: FederationRules;
  /** Where answers to puzzles are verified; none: none are set. */
  readonly captchaUrl?: string;
}

export interface SessionRules {
  readonly idleMs: number;
  readonly absoluteMs: number;
  /** How long a program may go on refreshing. */
  readonly refreshMs: number;
}

export const PROVIDERS = ['google', 'github', 'company'] as const;
export type Provider = (typeof PROVIDERS)[number];

export interface FederationRules {
  readonly providers: readonly Provider[];
  /** Of the provider `company`. */
  readonly issuer?: string;
  /** Mail domains whose verified addresses may sign in; none: those of accounts that are there. */
  readonly domains: readonly string[];
  /** The role of somebody who comes for the first time; none: only who has an account comes in. */
  readonly registerAs?: Role;
}

/** The limit that holds for a caller: wider by the same factor in all classes where many sit behind one address. */
export const limitFor = ({ limits, wide }: AccessRules, name: LimitName, address: string): number => {
  const limit = limits[name];
  if (!isInRanges(address, wide.ranges)) return limit;
  return Math.max(limit, Math.round(limit * (wide.limit / limits.address)));
};
