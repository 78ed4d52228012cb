import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Environment } from './load.ts';

/** `.env` beneath, the environment above it. The only place where the process's environment is read. */
export const readEnvironment = (folder: string): Environment => ({ ...readEnvFile(folder), ...process.env });

export const hasEnvFile = (folder: string): boolean => existsSync(join(folder, '.env'));

const readEnvFile = (folder: string): Environment =>
  hasEnvFile(folder) ? parseEnv(readFileSync(join(folder, '.env'), 'utf8')) : {};
