import { newSigningPem, toSigningKey } from '../adapters/secrets/key-material.ts';
import type { SharedSecrets } from '../adapters/sql/shared-secrets.ts';
import type { Settings } from '../config/load.ts';
import type { Secrets } from '../ports/keys.ts';
import type { Lazy } from '../ports/ports.ts';
import type { Runtime } from '../ports/runtime.ts';

export const openSecrets = async (
  settings: Settings,
  { clock }: Runtime,
  isAnythingEncrypted: () => Promise<boolean>,
): Promise<Secrets> => {
  if (settings.secrets === 'aws' && settings.awsRegion) {
    const { createAwsSecrets } = await import('../adapters/secrets/aws.ts');
    return createAwsSecrets({ region: settings.awsRegion, prefix: settings.secretsPrefix, clock });
  }
  const { createEmbeddedSecrets } = await import('../adapters/secrets/env.ts');
  const { dataDir, masterKey } = settings;
  return createEmbeddedSecrets({ dataDir, isAnythingEncrypted, ...(masterKey ? { masterKey } : {}) });
};

const SIGNING_KEY = 'signing-key';
/** Rotated keys are seen by all processes within so long. */
const KEPT_MS = 60_000;

/** Of machines that share a store, each must accept the tokens of the others: the key that signs them lies in the store. */
export const shareSigningKeys = (own: Secrets, shared: Lazy<SharedSecrets>, { clock }: Runtime): Secrets => {
  let known: { readonly until: number; readonly pem: Promise<string> } | undefined;
  const read = (): Promise<string> => {
    if (known && known.until > clock.monotonic()) return known.pem;
    const pem = shared().then((secrets) => secrets.readOrMake(SIGNING_KEY, newSigningPem));
    known = { until: clock.monotonic() + KEPT_MS, pem };
    pem.catch(() => {
      known = undefined;
    });
    return pem;
  };
  return { ...own, signingKeys: async () => [toSigningKey(await read(), SIGNING_KEY)] };
};
