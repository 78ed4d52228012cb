import type { ConfigFault } from './key.ts';
import type { KeyName, Read } from './keys.ts';

/** A choice, and the settings that it cannot do without. */
const NEEDS: readonly (readonly [choice: KeyName, value: string, needed: readonly KeyName[]])[] = [
  ['TANK_SECRETS', 'aws', ['AWS_REGION']],
  ['TANK_QUEUE', 'sqs', ['AWS_REGION']],
  ['TANK_TRANSPORT', 'ses', ['AWS_REGION']],
  ['TANK_TRANSPORT', 'smtp', ['TANK_SMTP_URL']],
  ['TANK_SES_MIRROR_PAUSE', 'on', ['AWS_REGION', 'TANK_SES_CONFIGURATION_SET']],
];

export const DKIM_KEYS = ['TANK_DKIM_DOMAIN', 'TANK_DKIM_SELECTOR', 'TANK_DKIM_KEY_FILE'] as const;

/** What no value shows by itself: settings that others need, or that contradict each other. */
export const conflicts = (read: Read): ConfigFault[] => [
  ...NEEDS.flatMap(([choice, value, needed]) =>
    read(choice) === value ? missing(read, needed, `${choice}=${value}`) : [],
  ),
  ...(read('TANK_S3_PREFIXES') ? missing(read, ['AWS_REGION'], 'TANK_S3_PREFIXES') : []),
  ...dkimConflicts(read),
  ...storeConflicts(read),
  ...leaseConflicts(read),
  ...portConflicts(read),
];

const missing = (read: Read, needed: readonly KeyName[], by: string): ConfigFault[] =>
  needed
    .filter((name) => !read(name))
    .map((key) => ({
      key,
      problem: `is missing, and ${by} needs it`,
      mend: `Set ${key}, or choose otherwise.`,
    }));

const dkimConflicts = (read: Read): ConfigFault[] => {
  const given = DKIM_KEYS.find((name) => read(name));
  return given ? missing(read, DKIM_KEYS, given) : [];
};

/** AWS Secrets Manager keeps the address of the store as well. */
const storeConflicts = (read: Read): ConfigFault[] => {
  const store = read('TANK_STORE');
  const url = read('TANK_STORE_URL');
  if (store === undefined || store === 'sqlite') return [];
  if (!url)
    return read('TANK_SECRETS') === 'aws' ? [] : missing(read, ['TANK_STORE_URL'], `TANK_STORE=${store}`);
  return url.startsWith(store)
    ? []
    : [
        {
          key: 'TANK_STORE_URL',
          problem: `is not the address of a store of the kind TANK_STORE=${store}`,
          mend: `Let it begin with ${store}://, or set TANK_STORE to what it is the address of.`,
        },
      ];
};

/** A call that is aborted at its time-out must still be committed before the lease ends. */
const LEASE_MARGIN_SECONDS = 5;

const leaseConflicts = (read: Read): ConfigFault[] =>
  Number(read('TANK_LEASE_SECONDS')) >= Number(read('TANK_CALL_TIMEOUT_SECONDS')) + LEASE_MARGIN_SECONDS
    ? []
    : [
        {
          key: 'TANK_LEASE_SECONDS',
          problem: `is not longer than TANK_CALL_TIMEOUT_SECONDS by ${LEASE_MARGIN_SECONDS} seconds`,
          mend: 'Raise TANK_LEASE_SECONDS or lower TANK_CALL_TIMEOUT_SECONDS: a call must end before its lease does.',
        },
      ];

const PORTS = ['TANK_HTTP_PORT', 'TANK_WORKER_PORT', 'TANK_GATEWAY_PORT'] as const;

const portConflicts = (read: Read): ConfigFault[] =>
  PORTS.flatMap((key, index) => {
    const same = PORTS.slice(0, index).find((other) => read(other) === read(key));
    return same ? [{ key, problem: `is the same as ${same}`, mend: 'Give each its own port.' }] : [];
  });
