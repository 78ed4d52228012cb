import { TankError } from '../../shared/domain/errors.ts';
import type { Account } from '../../shared/ports/accounts.ts';
import type { AuthPorts, Caller } from './auth-ports.ts';
import { prove } from './prove.ts';
import { recordFirst } from './record.ts';

/** none: this account has none · missing: it has one, and no code was given. */
export type CodeVerdict = 'none' | 'missing' | 'wrong' | 'right';

/** The data key of everything that belongs to accounts. */
const DATA_KEY = 'identity';
const placeOf = (accountId: string): string => `second_factor|secret|${accountId}`;

export const checkCode = async (
  ports: AuthPorts,
  { id }: Pick<Account, 'id'>,
  code: string | undefined,
): Promise<CodeVerdict> => {
  const secondFactors = await ports.secondFactors();
  const factor = await secondFactors.find(id);
  if (!factor?.confirmed) return 'none';
  if (code === undefined) return 'missing';
  const now = ports.runtime.clock.now();
  const isRight = /^\d{6}$/.test(code)
    ? await isFreshCode(ports, id, code, factor.secret)
    : await secondFactors.useRecoveryCode(id, hashOfRecoveryCode(ports, id, code), now);
  return isRight ? 'right' : 'wrong';
};

const isFreshCode = async (
  ports: AuthPorts,
  accountId: string,
  code: string,
  sealed: Uint8Array,
): Promise<boolean> => {
  const secret = await open(ports, accountId, sealed);
  const step = (await ports.oneTimeCodes()).stepOf(code, secret, ports.runtime.clock.now());
  return step !== undefined && (await (await ports.secondFactors()).useStep(accountId, step));
};

/** Shown once; it counts only after a first code has come back. */
export const enrol = async (ports: AuthPorts, account: Account, password: string) => {
  await prove(ports, account, () => demandPassword(ports, account, password));
  const codes = await ports.oneTimeCodes();
  const secret = codes.newSecret();
  const cipher = await (await ports.vault()).open(DATA_KEY);
  const sealed = cipher.encrypt(placeOf(account.id), secret);
  if (!(await (await ports.secondFactors()).propose(account.id, sealed)))
    throw new TankError('illegal_move', { what: 'second factor', from: 'on', to: 'on' });
  return { secret: codes.legible(secret), uri: codes.uri(account.name, secret) };
};

export const confirmEnrolment = async (
  ports: AuthPorts,
  account: Account,
  sessionId: string | undefined,
  code: string,
  caller: Caller,
) => {
  const [secondFactors, codes] = await Promise.all([ports.secondFactors(), ports.oneTimeCodes()]);
  const factor = await secondFactors.find(account.id);
  if (!factor || factor.confirmed) throw new TankError('not_found', { what: 'second factor' });
  const now = ports.runtime.clock.now();
  const step = codes.stepOf(code, await open(ports, account.id, factor.secret), now);
  if (step === undefined) throw new TankError('wrong_credentials');
  const recoveryCodes = codes.newRecoveryCodes();
  const hashes = recoveryCodes.map((one) => hashOfRecoveryCode(ports, account.id, one));
  await recordFirst(ports, caller, { event: 'second-factor.added', actor: account.id });
  if (!(await secondFactors.confirm(account.id, step, hashes))) throw new TankError('wrong_credentials');
  if (sessionId)
    await (await ports.sessions()).confirm(sessionId, { ...caller, at: now, secondFactor: true });
  return { recoveryCodes: [...recoveryCodes] };
};

export const removeSecondFactor = async (
  ports: AuthPorts,
  account: Account,
  proof: { readonly password: string; readonly code: string },
  caller: Caller,
): Promise<void> => {
  await prove(ports, account, async () => {
    await demandPassword(ports, account, proof.password);
    if ((await checkCode(ports, account, proof.code)) !== 'right') throw new TankError('wrong_credentials');
  });
  await recordFirst(ports, caller, { event: 'second-factor.removed', actor: account.id });
  await (await ports.secondFactors()).remove(account.id);
};

export const demandPassword = async (ports: AuthPorts, account: Account, password: string): Promise<void> => {
  if (!(await (await ports.passwords()).matches(password, account.passwordHash)))
    throw new TankError('wrong_credentials');
};

const open = async (ports: AuthPorts, accountId: string, sealed: Uint8Array): Promise<Uint8Array> =>
  (await (await ports.vault()).open(DATA_KEY)).decrypt(placeOf(accountId), sealed);

/** The account is part of it, so that one code can never be another's; case and blanks are the typist's. */
const hashOfRecoveryCode = ({ secretMaker }: AuthPorts, accountId: string, code: string): string =>
  secretMaker.hash(`${accountId}|${code.toLowerCase().replace(/\s/g, '')}`);
