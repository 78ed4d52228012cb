import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MANIFEST } from '../../functions/manifest.ts';
import { assertBatching } from '../../local/queue-door/gather.ts';
import { ROOT } from './rules/source-files.ts';

const folders = readdirSync(join(ROOT, 'functions'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

test('every folder of a function has its entry in the manifest, and every entry its folder', () => {
  expect(MANIFEST.map(({ name }) => name).sort()).toEqual(folders.sort());
});

test('every function has at least one door', () => {
  const doorless = MANIFEST.filter(({ http, queues, schedule }) => !http && !queues?.length && !schedule);
  expect(doorless.map(({ name }) => name)).toEqual([]);
});

test('a queue gives its function six times its time-out, and its window on top, before a message is seen again', () => {
  const hasty = MANIFEST.flatMap(({ name, queues, timeoutSeconds }) =>
    (queues ?? [])
      .filter((door) => door.visibilitySeconds < 6 * timeoutSeconds + (door.windowSeconds ?? 0))
      .map(({ queue }) => `${name} on ${queue}`),
  );
  expect(hasty).toEqual([]);
});

test('every queue may fill its batches as its door says', () => {
  const doors = MANIFEST.flatMap(({ queues = [] }) => queues);
  expect(() => doors.forEach(assertBatching)).not.toThrow();
});

test('poison is told apart only after five deliveries', () => {
  const hasty = MANIFEST.flatMap(({ queues }) => (queues ?? []).filter((door) => door.maxReceiveCount < 5));
  expect(hasty).toEqual([]);
});
