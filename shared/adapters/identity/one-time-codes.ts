import { randomBytes, randomInt } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import type { OneTimeCodes } from '../../ports/identity.ts';

const SECRET_BYTES = 20;
/** What every authenticator understands; others of the RFC many read wrongly. */
const FORM = { issuer: 'Tank', algorithm: 'SHA1', digits: 6, period: 30 } as const;
const PERIOD_MS = FORM.period * 1000;
/** One step to either side: half a minute that a telephone's clock may be off. */
const WINDOW = 1;

const RECOVERY_CODES = 10;
/** 31^12 is 59 bits, and each is good for one use. */
const LEGIBLE = 'abcdefghjkmnpqrstuvwxyz23456789';
const GROUPS = 3;
const GROUP_LENGTH = 4;

export const createOneTimeCodes = (): OneTimeCodes => ({
  newSecret: () => new Uint8Array(randomBytes(SECRET_BYTES)),
  uri: (account, secret) => new TOTP({ ...FORM, label: account, secret: toSecret(secret) }).toString(),
  legible: (secret) => toSecret(secret).base32.replace(/.{4}(?=.)/g, '$& '),
  stepOf: (code, secret, now) => {
    const delta = TOTP.validate({
      ...FORM,
      token: code,
      secret: toSecret(secret),
      timestamp: now,
      window: WINDOW,
    });
    return delta === null ? undefined : Math.floor(now / PERIOD_MS) + delta;
  },
  newRecoveryCodes: () => Array.from({ length: RECOVERY_CODES }, newRecoveryCode),
});

const toSecret = (bytes: Uint8Array): Secret => new Secret({ buffer: Uint8Array.from(bytes).buffer });

const newRecoveryCode = (): string =>
  Array.from({ length: GROUPS }, () =>
    Array.from({ length: GROUP_LENGTH }, () => LEGIBLE[randomInt(LEGIBLE.length)]).join(''),
  ).join('-');
