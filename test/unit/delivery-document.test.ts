import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { statesBefore } from '../../shared/domain/send-states.ts';
import { stateTable } from '../support/state-table.ts';

const document = readFileSync(join(import.meta.dirname, '../../docs/delivery.md'), 'utf8');

it('docs/delivery.md shows the moves that the code allows, and no others', () => {
  const [, shown] = /<!-- states -->\n\n(.*?)\n\n<!-- \/states -->/s.exec(document) ?? [];
  expect(shown).toBe(stateTable());
});

it('a person moves failed sends to retry, and held ones anywhere else', () => {
  expect(statesBefore('retry', 'person')).toEqual(['failed']);
  for (const to of ['sent', 'failed', 'pending'] as const)
    expect(statesBefore(to, 'person')).toContain('held');
});
