import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { type Machine, newMachine, scrapMachines, tank } from '../support/tank.ts';

let machine: Machine;
beforeAll(async () => {
  await ensureBuilt();
  machine = await newMachine();
}, 60_000);
afterAll(scrapMachines);

const NO_SUCH_OPTION = "unknown option '--bogus'";

it.each([
  [['suppress'], 'Usage: tank suppress'],
  [['suppress', 'improt', 'x.csv'], "unknown command 'improt'\n(Did you mean import?)"],
  [['suppress', 'add'], "missing required argument 'addresses'"],
  [['suppress', 'import', 'none.csv'], 'none.csv cannot be read: there is no such file.'],
  [['suppress', 'list', '--bogus'], NO_SUCH_OPTION],
  [['suppress', 'lists', 'add', 'ours'], "missing required argument 'url'"],
  [['suppress', 'lists', 'add', 'ours', 'http://example.com/a.csv'], 'url'],
  [['suppress', 'lists', 'remove', 'nobody'], 'There is no list named nobody.'],
  [['suppress', 'export', '/nowhere/at/all.csv'], '/nowhere/at/all.csv cannot be written (ENOENT).'],
  [['users'], 'Usage: tank users'],
  [['users', 'unlock'], "missing required argument 'name'"],
  [['users', 'unlock', 'nobody'], 'There is no account named nobody.'],
  [['users', 'lsit'], "unknown command 'lsit'\n(Did you mean list?)"],
  [['audit'], 'Usage: tank audit'],
  [['audit', 'verify', '--bogus'], NO_SUCH_OPTION],
  [['audit', 'list', '--limit', 'many'], 'limit'],
  [['automation'], 'Usage: tank automation'],
  [['automation', 'check'], "missing required argument 'files'"],
  [['automation', 'check', 'none.yaml'], 'none.yaml cannot be read: there is no such file.'],
  [['automation', 'pause', 'a'], "required option '--reason <reason>' not specified"],
  [['automation', 'files', 'nobody'], 'There is no such automation.'],
  [['automation', 'list', 'too', 'many'], 'too many arguments'],
  [['sources', 'test'], "missing required argument 'source'"],
  [['sources', 'test', 'nobody'], 'There is no such source.'],
  [['holidays', 'import'], "missing required argument 'file'"],
  [['holidays', 'import', '.'], '. cannot be read: it is a folder.'],
  [['clients', 'remove'], "missing required argument 'id'"],
  [['clients', 'change', 'nobody', '--title', 'x'], 'There is no such client.'],
  [['certs', 'client', 'loans'], "required option '--out <folder>' not specified"],
  [['certs', 'revoke', '01'], "required option '--reason <reason>' not specified"],
  [['bounces', 'read', 'none.eml'], 'none.eml cannot be read (ENOENT).'],
  [['runs', '--state', 'lost'], 'Allowed choices are'],
  [['settle', 'r', '--reason', 'x'], 'Give --to sent, failed or pending, or a --csv file.'],
  [['retry', 'r', '--reason', 'x', '--class', 'weather'], 'Allowed choices are'],
  [['preview', 'a', '--row', 'first'], 'row'],
  [['test-send', 'a'], "required option '--to <address>' not specified"],
  [['serve', 'more'], 'too many arguments'],
  [['demo', '--bogus'], NO_SUCH_OPTION],
])('tank %j ends with 2 and a sentence, and prints nothing for programs', async (args, sentence) => {
  const { code, stdout, stderr } = await tank(machine, args);
  expect(stderr).toContain(sentence);
  expect(stderr).not.toMatch(/^\s+at |node:internal/m);
  expect([code, stdout]).toEqual([2, '']);
});
