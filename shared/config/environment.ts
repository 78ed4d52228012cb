import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Environment } from './load.ts';

/** `.env` beneath, the environment above it. The only place where the process's environment is read. */
export const readEnvironment = (folder: string): Environment => {
  const file = readEnvFile(folder);
  lendToSdk(file);
  return { ...file, ...process.env };
};

export const hasEnvFile = (folder: string): boolean => existsSync(join(folder, '.env'));

const readEnvFile = (folder: string): Environment =>
  hasEnvFile(folder) ? parseEnv(readFileSync(join(folder, '.env'), 'utf8')) : {};

/** The AWS SDK looks for its keys in the environment and knows nothing of our file. */
const lendToSdk = (file: Environment): void => {
  for (const [name, value] of Object.entries(file)) {
    if (name.startsWith('AWS_') && value !== undefined) process.env[name] ??= value;
  }
};
