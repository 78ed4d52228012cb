import type { Settings } from '../config/load.ts';
import type { Secrets } from '../ports/keys.ts';
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
