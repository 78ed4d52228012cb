import { spawnSync } from 'node:child_process';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { CAMPAIGN, layOutCampaign } from '../support/campaign.ts';
import { newMachine, scrapMachines, tank } from '../support/tank.ts';

const ROWS = 400;
const LONG = 60_000;

beforeAll(() => ensureBuilt(), 60_000);
afterEach(scrapMachines);

const ready = async () => {
  const machine = await newMachine();
  const { definitions } = await layOutCampaign(machine, ROWS);
  await tank(machine, ['apply', definitions]);
  return machine;
};

/** `script` runs a command on a terminal of its own, and passes on what that one shows. */
const ON_A_TERMINAL = ['sh', '-c', 'exec script --quiet --return --command "$*" /dev/null', 'sh'];
const canDraw = spawnSync('script', ['--version'], { stdio: 'ignore' }).status === 0;

describe('tank run --watch', () => {
  it(
    'tells tenths in plain lines where nobody draws, and the totals at the end',
    async () => {
      const { code, stdout, stderr } = await tank(await ready(), ['run', CAMPAIGN, '--watch']);
      const lines = stderr.trimEnd().split('\n');
      for (const line of lines) expect(line).toMatch(/^\w+: \d+% of \d+ · sent \d+ · failed 0 · left out 0$/);
      expect(lines.at(-1)).toBe(`finished: 100% of ${ROWS} · sent ${ROWS} · failed 0 · left out 0`);
      expect(new Set(lines).size).toBe(lines.length);
      expect(stdout).toContain(`${ROWS} targets = ${ROWS} sent`);
      expect(code).toBe(0);
    },
    LONG,
  );

  it(
    'keeps its progress apart from the JSON',
    async () => {
      const { code, stdout } = await tank(await ready(), ['run', CAMPAIGN, '--watch', '--json']);
      expect(JSON.parse(stdout)).toMatchObject({ state: 'finished', sent: ROWS });
      expect(code).toBe(0);
    },
    LONG,
  );

  it(
    'draws a bar on a terminal',
    async ({ skip }) => {
      if (!canDraw) skip('not run: script is not here, which makes a terminal');
      const { code, stdout } = await tank(await ready(), ['run', CAMPAIGN, '--watch'], {
        under: ON_A_TERMINAL,
      });
      expect(stdout).toMatch(
        new RegExp(`█{30} ${ROWS}/${ROWS} · sent ${ROWS} · failed 0 · left out 0 · finished`),
      );
      expect(stdout).toContain(`${ROWS} targets = ${ROWS} sent`);
      expect(code).toBe(0);
    },
    LONG,
  );
});
