import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import type { Output } from '../../local/cli/output.ts';
import { createProgress } from '../../local/cli/progress.ts';
import type { ShownRun } from '../../local/cli/shown-run.ts';

const runWith = (changes: Partial<ShownRun>): ShownRun =>
  ({
    state: 'sending',
    targets: 200,
    open: 200,
    sent: 0,
    failed: 0,
    suppressed: 0,
    skipped: 0,
    cancelled: 0,
    held: 0,
    ...changes,
  }) as ShownRun;

const outputTo = (notes: string[], terminal: boolean): Output => ({
  json: false,
  terminal,
  result: () => undefined,
  note: (line) => notes.push(line),
});

/** What a terminal would show: letters, and the sequences that move and hide its cursor. */
const createTerminal = () => {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 120, rows: 40 });
  let shown = '';
  stream.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
  });
  return { stream, shown: () => shown };
};

it('is one line that is drawn over and over on a terminal, and the cursor comes back', async () => {
  const notes: string[] = [];
  const { stream, shown } = createTerminal();
  const progress = createProgress(outputTo(notes, true), stream);
  progress.update(runWith({ open: 100, sent: 97, failed: 1, skipped: 2 }));
  progress.update(runWith({ open: 0, sent: 197, failed: 1, skipped: 1, held: 1, state: 'finished' }));
  progress.end();
  await expect.poll(shown).toContain('\u001b[?25h');
  expect(notes).toEqual([]);
  expect(shown()).toContain('\u001b[?25l');
  expect(shown().split('\n')).toHaveLength(2);
  expect(shown()).toMatch(/█{30} 200\/200 · sent 197 · failed 1 · left out 2 · finished/);
});

it('is a plain line for each tenth elsewhere, and nothing twice', () => {
  const notes: string[] = [];
  const progress = createProgress(outputTo(notes, false));
  const open = [200, 200, 199, 181, 180, 20, 0, 0];
  progress.update(runWith({ state: 'planning', targets: 0, open: 0 }));
  for (const left of open) progress.update(runWith({ open: left, sent: 200 - left }));
  progress.update(runWith({ state: 'finished', open: 0, sent: 200 }));
  progress.end();
  expect(notes).toEqual([
    'sending: 0% of 200 · sent 0 · failed 0 · left out 0',
    'sending: 10% of 200 · sent 20 · failed 0 · left out 0',
    'sending: 90% of 200 · sent 180 · failed 0 · left out 0',
    'sending: 100% of 200 · sent 200 · failed 0 · left out 0',
    'finished: 100% of 200 · sent 200 · failed 0 · left out 0',
  ]);
});
