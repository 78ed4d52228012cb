import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Key } from '../../shared/config/key.ts';
import { KEYS } from '../../shared/config/keys.ts';

const HEADER = `# Every setting of Tank, with the value that counts when it is left out.
# Copy to .env and change what you need; the environment wins over .env. Made by "npm run env:example".
`;

/** A key with a fallback is written as it counts; one without is commented out, so that a copy stays valid. */
export const envExample = (keys: readonly Key[] = KEYS): string => `${HEADER}\n${keys.map(entry).join('\n')}`;

const entry = (key: Key): string => {
  const remarks = [key.about, ...choices(key), ...(key.secret ? ['Secret: keep it out of Git.'] : [])];
  return `${remarks.map((remark) => `# ${remark}\n`).join('')}${key.fallback === undefined ? '# ' : ''}${key.name}=${key.fallback ?? ''}\n`;
};

const choices = ({ type }: Key): string[] =>
  type.kind === 'choice' ? [`One of ${type.of.join(', ')}.`] : [];

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  writeFileSync('.env.example', envExample());
