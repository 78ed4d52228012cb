import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ListedRun } from '../../fixtures/campaign/daemon.ts';
import type { ChaosResult } from './campaign.ts';
import type { Verdict } from './judge.ts';

/** Beside the log of a test run, which scrolls away. */
export const writeReport = (result: ChaosResult, file = reportFile(result)): string => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    `${JSON.stringify({ ...summarize(result), broken: brokenPromises(result) }, undefined, 2)}\n`,
  );
  return file;
};

const reportFile = ({ options }: ChaosResult): string =>
  join(import.meta.dirname, '../../../node_modules/.cache/tank', `chaos-${options.policy}.json`);

/** What a person wants to know of a history of deaths. */
export const summarize = (result: ChaosResult) => {
  const { deaths, restartsMs, settled, verdict, options } = result;
  const inCalls = deaths.filter(({ openCalls }) => openCalls > 0).length;
  return {
    seed: options.seed,
    policy: options.policy,
    recipients: options.recipients,
    kills: deaths.length,
    killsInOpenCalls: inCalls,
    shareInOpenCalls: round(inCalls / deaths.length),
    killsByKind: countBy(deaths.map(({ kind }) => kind)),
    ofThemInOpenCalls: countBy(deaths.filter(({ openCalls }) => openCalls > 0).map(({ kind }) => kind)),
    leftInDoubtByKills: deaths.reduce((sum, { marked }) => sum + marked, 0),
    allowedInAll: result.markedAllowed * deaths.length,
    mostLeftByOneKill: Math.max(...deaths.map(({ marked }) => marked)),
    inDoubtAtEnd: settled.inDoubtAtEnd,
    settledByEventsAfterS: round(settled.byEventsMs / 1000),
    nothingInDoubtAfterS: round(settled.nothingInDoubtMs / 1000),
    restartReadyMs: {
      p50: Math.round(percentile(restartsMs, 0.5)),
      p99: Math.round(percentile(restartsMs, 0.99)),
      most: Math.round(Math.max(...restartsMs)),
    },
    accepted: verdict.accepted,
    sent: settled.run.sent,
    held: settled.run.held,
    failed: settled.run.failed,
    lost: verdict.lost.length,
    acceptedTwice: verdict.twice.length,
    acceptedTwiceWithoutDoubt: verdict.twiceWithoutDoubt.length,
    misdirected: verdict.misdirected.length,
    totalsAddUp: verdict.totalsAddUp && verdict.sentAgrees,
    notWrittenBack: verdict.notWrittenBack.length,
    seconds: Math.round(result.seconds),
  };
};

const when = (broken: boolean, what: string): readonly string[] => (broken ? [what] : []);
const some = (what: string, list: readonly string[]): readonly string[] =>
  list.length > 0 ? [`${what}: ${list.length}, such as ${list.slice(0, 5).join(' · ')}`] : [];

/** What the journal says against the product, in words; none: its word was kept. */
export const brokenByJournal = (
  verdict: Verdict,
  run: ListedRun,
  policy: 'hold' | 'resend',
): readonly string[] => [
  ...some('lost', verdict.lost),
  ...some('accepted twice', policy === 'hold' ? verdict.twice : verdict.twiceWithoutDoubt),
  ...some('went to somebody else', verdict.misdirected),
  ...some('taken, and listed as not sent', verdict.deniedThoughSent),
  ...some('not written back', verdict.notWrittenBack),
  ...some('written back without a mail', verdict.writtenBackWrongly),
  ...when(!verdict.totalsAddUp, `the totals do not add up: ${JSON.stringify({ ...run, faults: [] })}`),
  ...when(!verdict.sentAgrees, `${run.sent} sent, but the journal has ${verdict.accepted}`),
  ...when(run.state !== 'finished', `the run ended as ${run.state}`),
];

/** Every promise that was broken, in words; none: the history is clean. */
export const brokenPromises = (result: ChaosResult): readonly string[] => {
  const { verdict, settled, restartsMs, options } = result;
  const figures = summarize(result);
  return [
    ...brokenByJournal(verdict, settled.run, options.policy),
    // Of all kills: a commit that a kill has met in its middle is sometimes seen only after the next start.
    ...when(
      figures.leftInDoubtByKills > figures.allowedInAll,
      `the kills left ${figures.leftInDoubtByKills} in doubt; ${figures.allowedInAll} are allowed`,
    ),
    ...when(settled.byEventsMs > 60_000, `events settled only after ${figures.settledByEventsAfterS} s`),
    ...when(Math.max(...restartsMs) > 10_000, `a restart took ${figures.restartReadyMs.most} ms`),
    ...when(
      figures.shareInOpenCalls < 0.8,
      `only ${figures.shareInOpenCalls} of the kills fell in open calls`,
    ),
  ];
};

const round = (value: number): number => Math.round(value * 100) / 100;

const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;

const countBy = (words: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
};
