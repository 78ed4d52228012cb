import { setTimeout as sleep } from 'node:timers/promises';
import { adminApi } from '../../shared/wire/admin-api.ts';
import type { ExitCode } from './exit.ts';
import type { Operator } from './operator.ts';
import type { Output } from './output.ts';
import { createProgress } from './progress.ts';
import type { ShownRun } from './shown-run.ts';

const LOOK_EVERY_MS = 200;

/** Follows a run until it ends or a person is wanted. */
export const watchRun = async (
  operator: Operator,
  runId: string,
  output: Output,
  show: boolean,
): Promise<ShownRun> => {
  const progress = show ? createProgress(output) : undefined;
  try {
    for (;;) {
      const run = await operator.call(adminApi.getRun, { params: { id: runId } });
      progress?.update(run);
      if (hasEnded(run) || waitsForPerson(run)) return run;
      await sleep(LOOK_EVERY_MS);
    }
  } finally {
    progress?.end();
  }
};

const hasEnded = ({ finishedAt, open }: ShownRun): boolean => finishedAt !== undefined && open === 0;

/** A hold that ends by itself is waited for; one that only a person lifts is not. */
const waitsForPerson = ({ approval, holds }: ShownRun): boolean =>
  approval !== undefined || holds.some((hold) => hold.until === undefined);

export const exitCodeOf = (run: ShownRun): ExitCode => {
  if (waitsForPerson(run) || run.held > 0) return 3;
  return run.state === 'finished' ? 0 : 1;
};

export const totalsOf = ({
  run,
  state,
  targets,
  sent,
  failed,
  suppressed,
  skipped,
  cancelled,
  held,
}: ShownRun) => ({
  run,
  state,
  targets,
  sent,
  failed,
  suppressed,
  skipped,
  cancelled,
  held,
});

const describeApproval = (run: string, { plan, mails }: NonNullable<ShownRun['approval']>): string =>
  `${mails} mails wait for the approval of a second person (plan ${plan}): tank approve ${run} | tank reject ${run}`;

const describeForecast = ({ days, finishesAt }: NonNullable<ShownRun['forecast']>): string =>
  `The 24-hour quota does not leave enough for this run: it takes ${days} days${finishesAt ? `, until ${finishesAt}` : ''}.`;

/** Why a run stands still or how it failed, for a person. */
export const reasonsOf = (run: ShownRun): readonly string[] => [
  ...(run.error ? [run.error.detail, ...(run.error.mend ? [`  → ${run.error.mend}`] : [])] : []),
  ...(run.approval ? [describeApproval(run.run, run.approval)] : []),
  ...run.holds.flatMap(({ author, reason, detail, mend, until }) => [
    [`held by ${author}: ${reason}${until ? ` until ${until}` : ''}`, detail].filter(Boolean).join('. '),
    ...(mend ? [`  → ${mend}`] : []),
  ]),
  ...(run.transport?.nextProbeAt
    ? [`${run.transport.name} does not answer; one mail tries again at ${run.transport.nextProbeAt}`]
    : []),
  ...(run.doubtsUntil
    ? [`${run.inDoubt} sends are in doubt; evidence is waited for until ${run.doubtsUntil}`]
    : []),
  ...(run.forecast && run.forecast.days > 1 ? [describeForecast(run.forecast)] : []),
  ...(run.held > 0 ? [`${run.held} sends are held and wait for a person`] : []),
];
