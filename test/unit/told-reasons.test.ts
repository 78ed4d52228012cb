import { expect, it } from 'vitest';
import type { ShownRun } from '../../local/cli/shown-run.ts';
import { reasonsOf } from '../../local/cli/watch-run.ts';

const runWith = (changes: Partial<ShownRun>): ShownRun =>
  ({ state: 'failed', held: 0, holds: [], ...changes }) as ShownRun;

it('a run that failed before its first send says what to do about it', () => {
  const error = { code: 'source_query_failed', detail: 'The query failed.', mend: 'Correct the query.' };
  expect(reasonsOf(runWith({ error }))).toEqual(['The query failed.', '  → Correct the query.']);
});

it('a hold says what it means and what to do, each on a line of its own', () => {
  const hold = { id: 'h', author: 'tank', createdAt: '', reason: 'send_window' } as const;
  const told = { detail: 'The hours are over.', mend: 'Nothing.' };
  const holds = [
    { ...hold, ...told, until: '08:00' },
    { ...hold, author: 'os:kim', reason: 'wrong logo' },
  ] as unknown as ShownRun['holds'];
  expect(reasonsOf(runWith({ holds }))).toEqual([
    'held by tank: send_window until 08:00. The hours are over.',
    '  → Nothing.',
    'held by os:kim: wrong logo',
  ]);
});
