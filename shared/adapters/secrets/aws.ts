import { TankError } from '../../domain/errors.ts';
import type { Secrets } from '../../ports/keys.ts';
import type { Clock } from '../../ports/runtime.ts';
import { demandSecretName, refusal, toCredentials, toMasterKeys, toSigningKey } from './key-material.ts';

export interface AwsSecretsOptions {
  readonly region: string;
  readonly endpoint?: string;
  /** `tank/` gives tank/master-key, tank/signing-key, tank/store-url and tank/source/<name>. */
  readonly prefix: string;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** A rotated secret is seen without a restart, and Secrets Manager is asked a few times an hour. */
const KEPT_MS = 5 * 60_000;

type Read = (name: string) => Promise<string | undefined>;

/** Secrets Manager holds what the data folder holds on-prem; nothing is made here, the deployment does that. */
export const createAwsSecrets = (options: AwsSecretsOptions): Secrets => {
  const read = remembering(options.clock, createReader(options));
  const demand = async (name: string): Promise<string> => {
    const value = await read(name);
    if (value === undefined) throw refusal(options.prefix + name, 'it does not exist');
    return value;
  };
  return {
    masterKeys: async () => toMasterKeys(await demand('master-key'), 'master-key'),
    signingKeys: async () => [toSigningKey(await demand('signing-key'), 'signing-key')],
    storeUrl: () => read('store-url'),
    credentials: async (name) => {
      demandSecretName(name);
      const content = await read(`source/${name}`);
      return content === undefined ? undefined : toCredentials(content, `source/${name}`);
    },
  };
};

const createReader = ({ region, endpoint, prefix }: AwsSecretsOptions): Read => {
  const opened = import('@aws-sdk/client-secrets-manager').then((sdk) => ({
    sdk,
    client: new sdk.SecretsManagerClient({ region, ...(endpoint ? { endpoint } : {}) }),
  }));
  return async (name) => {
    const { sdk, client } = await opened;
    try {
      return (await client.send(new sdk.GetSecretValueCommand({ SecretId: prefix + name }))).SecretString;
    } catch (thrown) {
      if (thrown instanceof sdk.ResourceNotFoundException) return undefined;
      const reason = thrown instanceof Error ? thrown.name : 'unknown';
      throw new TankError('store_unavailable', { reason: `Secrets Manager: ${reason}` }, { cause: thrown });
    }
  };
};

const remembering = (clock: Pick<Clock, 'monotonic'>, read: Read): Read => {
  const kept = new Map<string, { readonly until: number; readonly value: Promise<string | undefined> }>();
  return (name) => {
    const known = kept.get(name);
    if (known && known.until > clock.monotonic()) return known.value;
    const value = read(name);
    kept.set(name, { until: clock.monotonic() + KEPT_MS, value });
    value.catch(() => kept.delete(name));
    return value;
  };
};
