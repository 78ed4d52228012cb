import { KEYS, type KeyName } from '../shared/config/keys.ts';
import { BadOption } from './bad-option.ts';

export type Settings = Readonly<Partial<Record<KeyName, string>>>;

/** What the deployment decides: where things are kept, and how much of it one instance may have. */
const DECIDED =
  /^(?:AWS_|TANK_(?:DATA_DIR|STORE|SOURCE_CONNECTIONS|QUEUE$|SQS_|TRANSPORT$|SES_|SECRETS|S3_|SEND_RATE$|SEND_WORKERS$))/;

/** `-c settings='{"TANK_PUBLIC_URL":"https://tank.example.com"}'`, or an object in cdk.json; never a secret, which would stand in the template. */
export const readSettings = (given: unknown): Settings => {
  const settings = Object.entries(asObject(given));
  for (const [name] of settings) {
    const key = KEYS.find((known) => known.name === name);
    if (!key) throw new BadOption(`-c settings: ${name} is no setting of Tank`);
    if ('secret' in key)
      throw new BadOption(`-c settings: ${name} is a secret, and would stand in the template`);
    if (DECIDED.test(name)) throw new BadOption(`-c settings: ${name} is decided by the deployment`);
  }
  return Object.fromEntries(settings.map(([name, value]) => [name, String(value)]));
};

const asObject = (given: unknown): object => {
  if (given === undefined || given === '') return {};
  const value = typeof given === 'string' ? parse(given) : given;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new BadOption('-c settings: a JSON object of names and values is expected');
};

const parse = (given: string): unknown => {
  try {
    return JSON.parse(given);
  } catch {
    return undefined;
  }
};
