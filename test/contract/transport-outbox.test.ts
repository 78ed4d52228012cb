import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { simpleParser } from 'mailparser';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOutboxTransport } from '../../shared/adapters/outbox/transport.ts';
import { removeUnfinished } from '../../shared/adapters/outbox/unfinished.ts';
import { mailOf } from '../unit/mime-mails.ts';
import { never, newMail, realClock } from './transport-mails.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tank-outbox-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

const folder = () => join(dataDir, 'outbox', 'r0000000000000000001');
const open = () => createOutboxTransport(dataDir, realClock);
const indexed = async () =>
  (await readFile(join(folder(), 'index.jsonl'), 'utf8'))
    .split('\n')
    .flatMap((line) => (line.endsWith('}') ? [(JSON.parse(line) as { attemptId: string }).attemptId] : []));
const mailsIn = async () => (await readdir(folder())).filter((name) => name.endsWith('.eml'));

describe('the outbox', () => {
  it('is for its owner alone', async () => {
    await open().send(newMail(), never());
    for (const path of [join(dataDir, 'outbox'), folder()])
      expect((await stat(path)).mode & 0o777).toBe(0o700);
    for (const name of await readdir(folder()))
      expect((await stat(join(folder(), name))).mode & 0o777).toBe(0o600);
  });

  it('lists each mail once, without saying more than the file does', async () => {
    const mails = Array.from({ length: 20 }, () => newMail());
    const outbox = open();
    await Promise.all(mails.map((mail) => outbox.send(mail, never())));
    expect((await indexed()).sort()).toEqual(mails.map(({ attemptId }) => attemptId).sort());
    expect(await readFile(join(folder(), 'index.jsonl'), 'utf8')).not.toContain('@');
  });

  it('makes one mail of the same attempt, however often and whoever sends it', async () => {
    const mail = newMail();
    const outbox = open();
    const outcomes = await Promise.all([
      outbox.send(mail, never()),
      outbox.send(mail, never()),
      open().send(mail, never()),
    ]);
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
    expect(await open().send({ ...mail, subject: 'another' }, never())).toEqual(outcomes[0]);
    expect(await mailsIn()).toEqual([`${mail.attemptId}.eml`]);
    expect((await simpleParser(await readFile(join(folder(), `${mail.attemptId}.eml`)))).subject).toBe(
      mail.subject,
    );
  });

  it('goes on after a torn index line and lists what the crash left out', async () => {
    const [first, second, third] = [newMail(), newMail(), newMail()];
    await open().send(first, never());
    await open().send(second, never());
    const index = join(folder(), 'index.jsonl');
    await truncate(index, (await stat(index)).size - 10);
    await open().send(third, never());
    expect(await indexed()).toEqual([first, second, third].map(({ attemptId }) => attemptId));
  });

  it('takes an unfinished file for no mail, and removes it when it is old', async () => {
    await open().send(newMail(), never());
    const [old, young] = ['.lost.eml.1.x.part', '.lost.eml.2.x.part'].map((name) => join(folder(), name)) as [
      string,
      string,
    ];
    await writeFile(old, 'half a ma');
    await writeFile(young, 'half a ma');
    await utimes(old, 1, 1);
    const outbox = open();
    await outbox.send(newMail(), never());
    expect((await readdir(folder())).filter((name) => name.endsWith('.part'))).toEqual([
      '.lost.eml.2.x.part',
    ]);
    expect((await outbox.lookup(['lost', '.lost'])).get('lost')).toEqual({ kind: 'absent' });
  });

  it('is rid of every unfinished file, however young, when a host takes the folder over', async () => {
    const mail = newMail();
    await open().send(mail, never());
    await writeFile(join(folder(), '.lost.eml.1.x.part'), 'half a ma');
    await removeUnfinished(dataDir);
    expect((await readdir(folder())).sort()).toEqual(['index.jsonl', `${mail.attemptId}.eml`]);
    await removeUnfinished(join(dataDir, 'nothing-yet'));
  });

  it('looks for an attempt only where attempts are', async () => {
    await mkdir(join(dataDir, 'outbox'), { recursive: true });
    await appendFile(join(dataDir, 'secret.eml'), 'x');
    expect((await open().lookup(['../../secret', '../secret', ''])).values().next().value).toEqual({
      kind: 'absent',
    });
  });

  it('does not say "absent" of what the disk will not show', async () => {
    await mkdir(folder(), { recursive: true });
    await symlink('loop.eml', join(folder(), 'loop.eml'));
    expect((await open().lookup(['loop'])).get('loop')).toEqual({ kind: 'unknown' });
  });

  it('puts nothing there any more once the caller has given up, so that "absent" stays true', async () => {
    const outbox = open();
    const givingUp = new AbortController();
    const mail = newMail();
    const sending = outbox.send(mail, givingUp.signal);
    givingUp.abort();
    expect(await sending).toEqual({ kind: 'unreached', code: 'ABORT_ERR' });
    expect((await outbox.lookup([mail.attemptId])).get(mail.attemptId)).toEqual({ kind: 'absent' });
    expect((await readdir(folder())).filter((name) => !name.endsWith('.jsonl'))).toEqual([]);
  });

  it('without any mail yet knows of none', async () => {
    expect((await open().lookup(['a'])).get('a')).toEqual({ kind: 'absent' });
  });

  it('on a disk that cannot be written to is stopped, not in doubt', async () => {
    await writeFile(join(dataDir, 'outbox'), 'a file where the folder should be');
    expect(await open().send(newMail(), never())).toMatchObject({ kind: 'stopped' });
  });

  it('killed in the midst has every mail that it called accepted, whole, and none that it does not find', async () => {
    const script = new URL('./outbox-writer.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, ['--import', 'tsx', script, dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const accepted: string[] = [];
    child.stdout.on('data', (chunk: Buffer) =>
      accepted.push(...chunk.toString().split('\n').filter(Boolean)),
    );
    await once(child.stdout, 'data');
    await wait(150);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(accepted.length).toBeGreaterThan(20);
    const evidence = await open().lookup([...accepted, 'never-sent']);
    for (const id of accepted)
      expect(evidence.get(id)).toEqual({ kind: 'accepted', messageId: `<${id}@example.com>` });
    const size = (await stat(join(folder(), `${accepted[0]}.eml`))).size;
    for (const name of await mailsIn())
      expect(Math.abs((await stat(join(folder(), name))).size - size)).toBeLessThan(40);
    await open().send(mailOf({ attemptId: 'afterwards' }), never());
    expect((await indexed()).sort()).toEqual(
      (await mailsIn()).map((name) => name.replace('.eml', '')).sort(),
    );
  });
});
