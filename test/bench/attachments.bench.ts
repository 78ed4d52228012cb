/** npx tsx test/bench/attachments.bench.ts: makes a folder of 100,000 small PDFs and matches names against it. */
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileAttachments } from '../../shared/adapters/files/attachments.ts';
import type { AttachmentFolder } from '../../shared/ports/attachments.ts';

const FILES = 100_000;
const NAMES = 20_000;
const ROUNDS = 5;

const nameOf = (i: number) => `stmt_${String(i).padStart(10, '0')}.pdf`;
const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const timed = async (work: () => Promise<void>): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};

const repeat = async (work: (round: number) => Promise<void>): Promise<number> => {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push(await timed(() => work(round)));
  return median(times);
};

const makeFolder = async (folder: string) => {
  await mkdir(folder, { recursive: true });
  const content = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(2_000, 65)]);
  for (let i = 0; i < FILES; i += 500) {
    await Promise.all(Array.from({ length: 500 }, (_, n) => writeFile(join(folder, nameOf(i + n)), content)));
  }
};

/** Fifty names at a time, as a batch asks for them; each round takes other names, so that none is remembered. */
const inBatches = async (round: number, look: (i: number) => Promise<unknown>) => {
  for (let i = 0; i < NAMES; i += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, n) => look((i + n + round * NAMES) % FILES)));
  }
};

const find = (opened: AttachmentFolder) => async (i: number) => {
  const finding = await opened.find(nameOf(i), String(i).padStart(10, '0'));
  if (finding.kind !== 'found') throw new Error(`${nameOf(i)}: ${finding.kind}`);
};

const root = await mkdtemp(join(tmpdir(), 'tank-bench-'));
try {
  const folder = join(root, 'statement');
  console.log(`making ${FILES} files took ${Math.round(await timed(() => makeFolder(folder)))} ms`);
  const attachments = createFileAttachments({ root });

  const index = await repeat(async () => void (await attachments.open(folder)));
  console.log(`index of ${FILES} names: ${Math.round(index)} ms (bar: 2000)`);

  const opened = await attachments.open(folder);
  const missing = await repeat((round) =>
    inBatches(round, async (i) => {
      if ((await opened.find(`none_${i}.pdf`, undefined)).kind !== 'notFound')
        throw new Error('found what is not there');
    }),
  );
  console.log(`names that are not there: ${Math.round(NAMES / (missing / 1000))}/s`);

  const found = await repeat((round) => inBatches(round, find(opened)));
  console.log(`names found, opened, pinned and hashed: ${Math.round(NAMES / (found / 1000))}/s (bar: 10000)`);

  const plain = await repeat((round) =>
    inBatches(round, async (i) => {
      await access(join(folder, nameOf(i)));
      await readFile(join(folder, nameOf(i)));
    }),
  );
  console.log(
    `plain access + readFile, without any check: ${Math.round(NAMES / (plain / 1000))}/s; ratio ${(plain / found).toFixed(2)}`,
  );
} finally {
  await rm(root, { recursive: true, force: true });
}
