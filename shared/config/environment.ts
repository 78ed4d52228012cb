import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { type ConfigFault, ConfigFaults } from './key.ts';
import type { Environment } from './load.ts';

/** `.env` beneath, the environment above it. The only place where the process's environment is read. */
export const readEnvironment = (folder: string): Environment => {
  const file = readEnvFile(folder);
  lendToSdk(file);
  return { ...file, ...process.env };
};

const FILE = '.env';

export const hasEnvFile = (folder: string): boolean => existsSync(join(folder, FILE));

const readEnvFile = (folder: string): Environment => {
  if (!hasEnvFile(folder)) return {};
  const text = readText(join(folder, FILE));
  const read = parseEnv(text);
  const faults = Object.keys(read).flatMap((name) => faultOf(name, text));
  if (faults.length > 0) throw new ConfigFaults(faults);
  return read;
};

const readText = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const mend = 'Let it be a text file that the user of the daemon may read, or remove it.';
    throw new ConfigFaults([{ key: FILE, problem: 'cannot be read', mend }], { cause });
  }
};

/** A line without `=` swallows the next one into its name, its value too: the text itself is never told. */
const faultOf = (name: string, text: string): ConfigFault[] => {
  if (/^[A-Za-z_]\w*$/.test(name)) return [];
  const line = text.slice(0, text.indexOf(name)).split('\n').length;
  const mend = 'Write NAME=value, one setting a line; a line that begins with # is a comment.';
  return [{ key: FILE, problem: `has no setting in line ${line}`, mend }];
};

/** The AWS SDK looks for its keys in the environment and knows nothing of our file. */
const lendToSdk = (file: Environment): void => {
  for (const [name, value] of Object.entries(file)) {
    if (name.startsWith('AWS_') && value !== undefined) process.env[name] ??= value;
  }
};
