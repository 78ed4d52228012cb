import { createHmac, createSecretKey } from 'node:crypto';
import { dataKeysInMemory, vaultOver } from '../fixtures/keys.ts';

/** Encrypting and hashing a row of 300 bytes, as an expansion does; beside it a bare HMAC, the floor of this machine. */
const ROWS = 50_000;
const ROUNDS = 7;

const vault = vaultOver(dataKeysInMemory());
const cipher = await vault.open('run-1');
const hash = await vault.hasher();
const row = Buffer.alloc(300, 'a');
const sealed = cipher.encrypt('t|c|1', row);
const key = createSecretKey(Buffer.alloc(32, 1));

const work = {
  'encrypt + hash': (n: number) => {
    cipher.encrypt(`email_send_log|payload|${n}`, row);
    hash('address', `customer${n}@example.com`);
  },
  encrypt: (n: number) => cipher.encrypt(`email_send_log|payload|${n}`, row),
  decrypt: () => cipher.decrypt('t|c|1', sealed),
  hash: (n: number) => hash('address', `customer${n}@example.com`),
  'bare HMAC-SHA256': (n: number) => createHmac('sha256', key).update(`customer${n}@example.com`).digest(),
};

const perSecond = (operation: (n: number) => unknown): number => {
  const started = performance.now();
  for (let n = 0; n < ROWS; n += 1) operation(n);
  return (ROWS / (performance.now() - started)) * 1000;
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const results = new Map<string, number[]>();
for (let round = 0; round <= ROUNDS; round += 1) {
  for (const [name, operation] of Object.entries(work)) {
    const speed = perSecond(operation);
    if (round > 0) results.set(name, [...(results.get(name) ?? []), speed]);
  }
}
console.log(`Node ${process.version}`);
const floor = median(results.get('bare HMAC-SHA256') ?? []);
for (const [name, speeds] of results) {
  const speed = median(speeds);
  console.log(
    `${name.padEnd(18)} ${Math.round(speed).toLocaleString('en').padStart(10)}/s  ${(speed / floor).toFixed(2)} × floor`,
  );
}
