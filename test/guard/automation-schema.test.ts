import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { automationSchema } from '../../local/setup/automation-schema.ts';
import { ROOT } from './rules/source-files.ts';

test('docs/automation.schema.json is what the schemas say; `tsx local/setup/automation-schema.ts` makes it so', () => {
  expect(readFileSync(join(ROOT, 'docs/automation.schema.json'), 'utf8')).toBe(automationSchema());
});
