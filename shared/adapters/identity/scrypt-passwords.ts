import { randomBytes, randomInt, scrypt, timingSafeEqual } from 'node:crypto';
import { TankError } from '../../domain/errors.ts';
import type { Passwords } from '../../ports/identity.ts';
import { createTurnstile } from './turnstile.ts';

interface Cost {
  readonly log2N: number;
  readonly r: number;
  readonly p: number;
}

/** 128 MiB and about 330 ms a hash. */
const COST: Cost = { log2N: 17, r: 8, p: 1 };
const KEY_BYTES = 32;
const SALT_BYTES = 16;

/** Two hashes hold 256 MiB; sixteen waiting ones are served within some 3 s. */
const AT_ONCE = 2;
const WAITING = 16;
const RETRY_AFTER_SECONDS = 3;

/** No letters that are taken for each other: a person types this once. 31^20 is 99 bits. */
const LEGIBLE = 'abcdefghjkmnpqrstuvwxyz23456789';
const GROUPS = 4;
const GROUP_LENGTH = 5;

export const createScryptPasswords = (cost: Cost = COST): Passwords => {
  const turnstile = createTurnstile(AT_ONCE, WAITING);
  const derive = async (password: string, salt: Uint8Array, with_: Cost): Promise<Buffer> => {
    const turn = turnstile.enter();
    if (!turn) throw tooMany();
    await turn;
    try {
      return await scryptKey(password.normalize('NFC'), salt, with_);
    } finally {
      turnstile.leave();
    }
  };
  const stranger = { cost, salt: randomBytes(SALT_BYTES), key: randomBytes(KEY_BYTES) };
  return {
    demandRoom: () => {
      if (turnstile.isFull()) throw tooMany();
    },
    hash: async (password) => {
      const salt = randomBytes(SALT_BYTES);
      return toPhc({ cost, salt, key: await derive(password, salt, cost) });
    },
    matches: async (password, hash) => {
      const stored = hash === undefined ? stranger : fromPhc(hash);
      const key = await derive(password, stored.salt, stored.cost);
      return timingSafeEqual(key, stored.key) && stored !== stranger;
    },
    generate: () => Array.from({ length: GROUPS }, legibleGroup).join('-'),
  };
};

const tooMany = () => new TankError('too_many_requests', { seconds: RETRY_AFTER_SECONDS });

const legibleGroup = (): string =>
  Array.from({ length: GROUP_LENGTH }, () => LEGIBLE[randomInt(LEGIBLE.length)]).join('');

const scryptKey = (password: string, salt: Uint8Array, { log2N, r, p }: Cost): Promise<Buffer> => {
  const N = 2 ** log2N;
  // Node refuses at 32 MiB unless told otherwise; scrypt needs 128·N·r and a little.
  const maxmem = 128 * N * r + 128 * r * p + 1024 * 1024;
  return new Promise((resolve, reject) => {
    scrypt(password, salt, KEY_BYTES, { N, r, p, maxmem }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
};

interface Stored {
  readonly cost: Cost;
  readonly salt: Uint8Array;
  readonly key: Uint8Array;
}

/** The PHC string of scrypt, so that the method and its cost can change account by account. */
const toPhc = ({ cost: { log2N, r, p }, salt, key }: Stored): string =>
  `$scrypt$ln=${log2N},r=${r},p=${p}$${base64(salt)}$${base64(key)}`;

const PHC = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d)\$([A-Za-z0-9+/]{16,64})\$([A-Za-z0-9+/]{43})$/;

const fromPhc = (phc: string): Stored => {
  const [, log2N, r, p, salt, key] = PHC.exec(phc) ?? [];
  if (!salt || !key)
    throw new TankError(
      'internal',
      {},
      { cause: new Error('a stored password hash is not a PHC string of scrypt') },
    );
  return {
    cost: { log2N: Number(log2N), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64'),
    key: Buffer.from(key, 'base64'),
  };
};

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replaceAll('=', '');
