import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { envExample } from '../../local/setup/env-example.ts';
import { KEYS } from '../../shared/config/keys.ts';
import { loadSettings } from '../../shared/config/load.ts';
import { ROOT } from './rules/source-files.ts';

const written = readFileSync(join(ROOT, '.env.example'), 'utf8');

test('.env.example is what the keys say; `npm run env:example` makes it so', () => {
  expect(written).toBe(envExample());
});

test('.env.example names every key once', () => {
  const named = [...written.matchAll(/^(?:# )?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name);
  expect(named).toEqual(KEYS.map(({ name }) => name));
});

test('a copy of .env.example is a configuration without faults', () => {
  expect(loadSettings(parseEnv(written))).toMatchObject({ ok: true });
});
