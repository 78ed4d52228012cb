import { isInRanges, parseRange } from '../../shared/domain/address-range.ts';
import { TankError } from '../../shared/domain/errors.ts';
import { isOwnOrigin } from '../../shared/domain/own-origin.ts';
import type { Account } from '../../shared/ports/accounts.ts';
import type { SessionKind } from '../../shared/ports/sessions.ts';
import { DEVICE_COOKIE, readCookie, writeCookie } from '../../shared/wire/cookies.ts';
import type { AuthPorts, Caller } from './auth-ports.ts';
import { beginSession, type SignedIn } from './begin-session.ts';
import { record } from './record.ts';
import { checkCode } from './second-factor.ts';
import { type Admission, admit, demandCaptcha, nameHashOf } from './sign-in-guard.ts';

export interface SignIn {
  readonly name: string;
  readonly password: string;
  readonly code?: string | undefined;
  readonly captcha?: string | undefined;
  readonly kind: SessionKind;
  readonly caller: Caller;
  readonly cookies: readonly string[] | undefined;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/**
 * One answer, after the same steps and one hash, for an unknown name, a wrong password, a locked name, an account
 * that is shut, and an address that it may not be used from.
 */
export const signIn = async (ports: AuthPorts, order: SignIn, setCookies: string[]): Promise<SignedIn> => {
  if (order.kind === 'browser' && !isOwnOrigin(order.headers, ports.access))
    throw new TankError('csrf_refused');
  const passwords = await ports.passwords();
  passwords.demandRoom();
  const [accounts, nameHash, device] = await Promise.all([
    ports.accounts(),
    nameHashOf(ports, order.name),
    knownDevice(ports, order.cookies),
  ]);
  const account = await accounts.byName(order.name);
  const deviceId = account && device?.accountId === account.id ? device.id : undefined;
  const attempt = { nameHash, deviceId, caller: order.caller };
  await demandCaptcha(ports, attempt, order.captcha);
  const admission = await admit(ports, attempt);
  const usable = account && !admission.locked && mayComeFrom(account, order.caller) ? account : undefined;
  const matches = await passwords.matches(order.password, usable?.passwordHash);
  if (!usable || !matches) return refuse(ports, order, admission, account?.id ?? nameHash);
  const secondFactor = await checkCode(ports, usable, order.code);
  if (secondFactor === 'wrong') return refuse(ports, order, admission, usable.id);
  if (secondFactor === 'missing') throw new TankError('second_factor_required');
  await admission.welcome();
  const signedIn = await beginSession(
    ports,
    { account: usable, kind: order.kind, secondFactor: secondFactor === 'right', caller: order.caller },
    setCookies,
  );
  if (order.kind === 'browser' && !deviceId) setCookies.push(await rememberDevice(ports, usable));
  await record(ports, order.caller, { event: 'sign-in.done', outcome: 'done', actor: usable.id });
  return signedIn;
};

const refuse = async (
  ports: AuthPorts,
  { caller }: SignIn,
  admission: Admission,
  actor: string,
): Promise<never> => {
  await admission.refuse();
  await record(ports, caller, { event: 'sign-in.refused', outcome: 'refused', actor });
  throw new TankError('wrong_credentials');
};

export const mayComeFrom = ({ disabledAt, addressRanges }: Account, { address }: Caller): boolean =>
  disabledAt === undefined &&
  (addressRanges.length === 0 ||
    isInRanges(
      address,
      addressRanges.flatMap((range) => parseRange(range) ?? []),
    ));

const knownDevice = async (ports: AuthPorts, cookies: readonly string[] | undefined) => {
  const secret = readCookie(cookies, DEVICE_COOKIE);
  return secret ? (await ports.devices()).find(ports.secretMaker.hash(secret)) : undefined;
};

const A_YEAR_SECONDS = 365 * 24 * 3600;

const rememberDevice = async (ports: AuthPorts, { id: accountId }: Account): Promise<string> => {
  const secret = ports.secretMaker.make();
  const device = { id: ports.runtime.id(), accountId, at: ports.runtime.clock.now() };
  await (await ports.devices()).add(device, ports.secretMaker.hash(secret));
  return writeCookie(DEVICE_COOKIE, secret, { maxAgeSeconds: A_YEAR_SECONDS });
};
