import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where `install/_python.sh` puts the tools. */
export const pythonProgram = (name: string): string => {
  const file = fileURLToPath(new URL(`../../node_modules/.cache/tank-python/bin/${name}`, import.meta.url));
  if (!existsSync(file)) throw new Error(`${name} is not there; npm run test:services installs it`);
  return file;
};
