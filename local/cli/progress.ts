import cliProgress from 'cli-progress';
import type { Output } from './output.ts';
import type { ShownRun } from './shown-run.ts';

export interface Progress {
  update(run: ShownRun): void;
  end(): void;
}

/** A bar on a terminal; elsewhere a plain line whenever a tenth more is done. */
export const createProgress = (output: Output, terminal: NodeJS.WritableStream = process.stderr): Progress =>
  output.terminal ? bar(terminal) : lines(output);

const doneOf = (run: ShownRun): number => run.targets - run.open;

const bar = (stream: NodeJS.WritableStream): Progress => {
  const shown = new cliProgress.SingleBar(
    {
      format: '{bar} {value}/{total} · sent {sent} · failed {failed} · left out {left} · {state}',
      stream,
      hideCursor: true,
      barsize: 30,
    },
    cliProgress.Presets.shades_classic,
  );
  shown.start(1, 0, { sent: 0, failed: 0, left: 0, state: 'planning' });
  return {
    update: (run) => {
      shown.setTotal(Math.max(run.targets, 1));
      shown.update(doneOf(run), {
        sent: run.sent,
        failed: run.failed,
        left: leftOutOf(run),
        state: run.state,
      });
    },
    end: () => shown.stop(),
  };
};

const leftOutOf = (run: ShownRun): number => run.suppressed + run.skipped + run.cancelled + run.held;

const lines = (output: Output): Progress => {
  let said = '';
  return {
    update: (run) => {
      const tenth = run.targets === 0 ? 0 : Math.floor((doneOf(run) / run.targets) * 10);
      const line = `${run.state}: ${tenth * 10}% of ${run.targets}`;
      if (line === said || run.state === 'planning') return;
      said = line;
      output.note(`${line} · sent ${run.sent} · failed ${run.failed} · left out ${leftOutOf(run)}`);
    },
    end: () => undefined,
  };
};
