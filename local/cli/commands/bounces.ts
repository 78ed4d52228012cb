import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import type { Command } from 'commander';
import { eventsApi } from '../../../shared/wire/events-api.ts';
import { Exit } from '../exit.ts';
import { createOutput } from '../output.ts';
import { openSession } from '../session.ts';

/** A report stands before the mail that it returns, and of that only the head is read. */
const MAX_MAIL = 256 * 1024;

export const addBounces = (program: Command): void => {
  program
    .command('bounces')
    .description('Reports about mails that a relay could not deliver')
    .command('read [files...]')
    .description(
      'Read mails or mailboxes of a bounce address, from files or from the input; for a pipe of the mail server',
    )
    .option('--json', 'print JSON')
    .action(readBounces);
};

const readBounces = async (files: readonly string[], { json }: { json?: true }): Promise<void> => {
  const texts = files.length > 0 ? await Promise.all(files.map(readMailbox)) : [await buffer(process.stdin)];
  const mails = texts.flatMap((text) => mailsIn(text.toString('latin1')));
  const { operator } = openSession();
  const sum = { mails: mails.length, recipients: 0, taken: 0 };
  for (const mail of mails) {
    const done = await operator.call(eventsApi.takeReport, { body: { mail: mail.slice(0, MAX_MAIL) } });
    sum.recipients += done.recipients;
    sum.taken += done.taken;
  }
  createOutput(json === true).result(sum, () => [
    `${sum.mails} mails read: ${sum.recipients} reports about recipients, ${sum.taken} about mails of ours.`,
  ]);
};

const readMailbox = (file: string): Promise<Buffer> =>
  readFile(file).catch((fault: NodeJS.ErrnoException) => {
    throw new Exit(2, `${file} cannot be read (${fault.code}).`);
  });

/** RFC 4155: each mail of a mailbox begins with a line "From ", also the one that a pipe gets. */
const mailsIn = (text: string): readonly string[] =>
  (text.startsWith('From ') ? text.split(/^From .*\r?\n/m) : [text]).filter((mail) => mail.trim() !== '');
