import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Machine, newMachine, type Started, scrapMachines, startTank } from '../../support/tank.ts';

let machine: Machine;
let daemon: Started;
beforeAll(async () => {
  machine = await newMachine();
  daemon = await startTank(machine, ['serve']);
});
afterAll(scrapMachines);

/** What a browser makes of the page once its scripts have run, and what it complains about. */
const browse = async (path: string, language: string) => {
  const { stdout, stderr } = await promisify(execFile)(
    'chromium',
    [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--enable-logging=stderr',
      `--user-data-dir=${join(machine.folder, `browser-${language}`)}`,
      `--accept-lang=${language}`,
      '--virtual-time-budget=5000',
      '--dump-dom',
      `${daemon.url}${path}`,
    ],
    { timeout: 45_000 },
  );
  return { dom: stdout, complaints: stderr.split('\n').filter((line) => line.includes('CONSOLE')) };
};

describe('the console in Chromium', () => {
  it.each([
    ['ko', '로그인'],
    ['en-US', 'Sign in'],
  ])('asks in %s for name and password, and breaks no policy of its own', async (language, button) => {
    const { dom, complaints } = await browse('/', language);
    expect(dom).toContain(`<html lang="${language.slice(0, 2)}">`);
    expect(dom).toMatch(/<input name="name" required="" autocomplete="username"/);
    expect(dom).toMatch(/<input name="password" required="" type="password"/);
    expect(dom).toContain(`<button>${button}</button>`);
    expect(complaints).toEqual([]);
  });
});
