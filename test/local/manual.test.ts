import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { type Machine, newMachine, scrapMachines } from '../support/tank.ts';

const ROOT = resolve(import.meta.dirname, '../..');

interface Block {
  readonly kind: string;
  /** A file's name, or `fails` of commands that end with another code than 0. */
  readonly info: string;
  readonly text: string;
}

const textOf = (language: string) => readFileSync(join(ROOT, `docs/manual.${language}.md`), 'utf8');
const blocksOf = (language: string): Block[] =>
  [...textOf(language).matchAll(/^```(\w+)(?: ([\w.]+))?\n(.*?)^```$/gms)].map(
    ([, kind = '', info = '', text = '']) => ({ kind, info, text }),
  );

/** What a block is to print, in the manual's own words: the quotation that follows it. */
const quotationsOf = (language: string): string[] =>
  [...textOf(language).matchAll(/^> (.+)$/gm)].map(([, line = '']) => line);

beforeAll(() => ensureBuilt(), 60_000);
afterEach(scrapMachines);

describe('the operator manual', () => {
  it('has the same files and commands in both languages', () => {
    expect(blocksOf('ko')).toEqual(blocksOf('en'));
    expect(blocksOf('en').filter(({ kind }) => kind === 'sh').length).toBeGreaterThan(10);
  });

  it.each([
    ['en', 'en_US.UTF-8'],
    ['ko', 'ko_KR.UTF-8'],
  ])(
    'works from its first command to its last, and prints what it says (%s)',
    async (language, locale) => {
      const machine = await newMachine();
      const bin = join(machine.folder, 'bin');
      mkdirSync(bin);
      writeFileSync(
        join(bin, 'tank'),
        `#!/bin/sh\nexec "${process.execPath}" "${ROOT}/dist/local/main.mjs" "$@"\n`,
      );
      chmodSync(join(bin, 'tank'), 0o755);
      const port = String(machine.settings.TANK_HTTP_PORT);
      const script = blocksOf(language).map((block) => commandsOf(block, port));
      const env = {
        PATH: `${bin}:${process.env.PATH}`,
        LANG: locale,
        LC_ALL: locale,
        TANK_HTTP_PORT: port,
        TANK_WORKER_PORT: String(machine.settings.TANK_WORKER_PORT),
      };
      const { code, said } = await runScript(machine.folder, `set -eu\n${script.join('\n')}`, env);
      expect(code, `${said}\n${errorsIn(machine)}`).toBe(0);
      for (const line of quotationsOf(language)) expect(said).toContain(line);
      expect(readFileSync(join(machine.folder, 'api.html'), 'utf8')).toContain('<h1>Tank API</h1>');
    },
    180_000,
  );
});

const commandsOf = ({ kind, info, text }: Block, port: string): string => {
  const there = text.replaceAll(':3000', `:${port}`).replaceAll('=3000', `=${port}`);
  if (kind !== 'sh') return `cat > ${info} <<'END_OF_FILE'\n${there}END_OF_FILE`;
  return info === 'fails' ? `set +e\n${there}test $? -eq 1 || exit 1\nset -e` : there;
};

const errorsIn = ({ dataDir }: Machine): string =>
  readdirSync(join(dataDir, 'logs'))
    .flatMap((file) => readFileSync(join(dataDir, 'logs', file), 'utf8').split('\n'))
    .filter((line) => line.includes('"level":"error"'))
    .join('\n');

const runScript = async (cwd: string, script: string, env: Record<string, string>) => {
  const shell = spawn('bash', ['-c', script], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [shell.stdout, shell.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  const [code] = await once(shell, 'close');
  return { code, said };
};
