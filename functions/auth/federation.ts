import type { Provider } from '../../shared/domain/access-rules.ts';
import { bothLanguages, TankError } from '../../shared/domain/errors.ts';
import type { Account } from '../../shared/ports/accounts.ts';
import type { Vouched } from '../../shared/ports/identity.ts';
import { DEPARTURE_COOKIE, dropCookie, readCookie, writeCookie } from '../../shared/wire/cookies.ts';
import type { AuthPorts, Caller } from './auth-ports.ts';
import { beginSession } from './begin-session.ts';
import { record } from './record.ts';
import { mayComeFrom } from './sign-in.ts';
import { newAccount } from './users.ts';

const AWAY_SECONDS = 10 * 60;

/** The state is tied to this browser by a cookie, so that nobody can be made to come back with another's. */
export const departTo = async (
  ports: AuthPorts,
  provider: Provider,
  setCookies: string[],
): Promise<string> => {
  demandConfigured(ports, provider);
  const { secretMaker, runtime } = ports;
  const { url, state, nonce, verifier } = await (await ports.providers()).leave(
    provider,
    callbackOf(ports, provider),
  );
  const binding = secretMaker.make();
  await (await ports.federation()).depart(secretMaker.hash(state), {
    provider,
    nonce,
    verifier,
    bindingHash: secretMaker.hash(binding),
    expiresAt: runtime.clock.now() + AWAY_SECONDS * 1000,
  });
  setCookies.push(writeCookie(DEPARTURE_COOKIE, binding, { maxAgeSeconds: AWAY_SECONDS, sameSite: 'Lax' }));
  return url;
};

export interface Return {
  readonly provider: Provider;
  readonly state: string;
  readonly error?: string | undefined;
  readonly rawQueryString: string;
  readonly cookies: readonly string[] | undefined;
  readonly caller: Caller;
}

export const comeBackFrom = async (ports: AuthPorts, back: Return, setCookies: string[]): Promise<void> => {
  const { provider, state, caller } = back;
  demandConfigured(ports, provider);
  const { secretMaker, runtime } = ports;
  const departure = await (await ports.federation()).comeBack(secretMaker.hash(state), runtime.clock.now());
  const binding = readCookie(back.cookies, DEPARTURE_COOKIE);
  setCookies.push(dropCookie(DEPARTURE_COOKIE));
  if (
    !departure ||
    departure.provider !== provider ||
    !binding ||
    departure.bindingHash !== secretMaker.hash(binding)
  )
    throw refusal(provider, STALE);
  if (back.error !== undefined) throw refusal(provider, DECLINED);
  const callbackUrl = `${callbackOf(ports, provider)}?${back.rawQueryString}`;
  const vouched = await (await ports.providers()).comeBack(provider, callbackUrl, { ...departure, state });
  const account = await accountFor(ports, provider, vouched);
  if (!mayComeFrom(account, caller)) throw refusal(provider, UNKNOWN);
  const factor = await (await ports.secondFactors()).find(account.id);
  await beginSession(
    ports,
    {
      account,
      kind: 'browser',
      secondFactor: false,
      caller,
      ...(factor?.confirmed && { unconfirmed: true as const }),
    },
    setCookies,
  );
  await record(ports, caller, {
    event: 'sign-in.done',
    outcome: 'done',
    actor: account.id,
    facts: { provider },
  });
};

/** By the identity that is known; by a verified address that an account has; or, where that is allowed, as somebody new. */
const accountFor = async (ports: AuthPorts, provider: Provider, vouched: Vouched): Promise<Account> => {
  const [federation, accounts] = await Promise.all([ports.federation(), ports.accounts()]);
  const known = await federation.accountOf(provider, vouched.subject);
  if (known) return known;
  const { email } = vouched;
  if (!email || !isWelcome(ports, email)) throw refusal(provider, UNKNOWN);
  const account = (await accounts.byEmail(email)) ?? (await register(ports, provider, email));
  if (!(await federation.link(provider, vouched.subject, account.id))) throw refusal(provider, UNKNOWN);
  return account;
};

const isWelcome = ({ access }: AuthPorts, email: string): boolean => {
  const { domains } = access.federation;
  return domains.length === 0 || domains.includes(email.slice(email.lastIndexOf('@') + 1));
};

const register = async (ports: AuthPorts, provider: Provider, email: string): Promise<Account> => {
  const { registerAs, domains } = ports.access.federation;
  if (!registerAs || domains.length === 0) throw refusal(provider, UNKNOWN);
  const user = { name: email, email, role: registerAs, organisations: [], addressRanges: [] };
  const account = newAccount(ports, user, { mustChangePassword: false });
  if (!(await (await ports.accounts()).add(account))) throw refusal(provider, UNKNOWN);
  return account;
};

const callbackOf = ({ access }: AuthPorts, provider: Provider): string =>
  `${access.publicOrigin}/api/v1/auth/oauth/${provider}/callback`;

const demandConfigured = ({ access }: AuthPorts, provider: Provider): void => {
  if (!access.federation.providers.includes(provider)) throw new TankError('not_found', { what: 'provider' });
};

const STALE = {
  en: 'it was not begun in this browser, or too long ago',
  ko: '이 브라우저에서 시작하지 않았거나 시간이 지났습니다',
};
const DECLINED = { en: 'the provider did not agree', ko: '로그인 제공자가 거부했습니다' };
const UNKNOWN = { en: 'nobody here has this identity', ko: '등록되지 않은 사용자입니다' };

const refusal = (provider: Provider, reason: typeof STALE): TankError =>
  new TankError('provider_refused', { provider, ...bothLanguages(reason) });
