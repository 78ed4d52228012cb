import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { adminApi } from '../../../shared/wire/admin-api.ts';
import { testSendApi } from '../../../shared/wire/test-send-api.ts';
import { createOutput, table } from '../output.ts';
import { openSession } from '../session.ts';
import { wholeNumber } from '../whole-number.ts';

interface PreviewOptions {
  readonly row: number;
  readonly date?: string;
  readonly html?: string;
  readonly json?: true;
}

interface TestOptions extends PreviewOptions {
  readonly to: string;
}

const DATE = ['--date <yyyy-mm-dd>', 'business date; today when left out'] as const;

export const addPreview = (program: Command): void => {
  program
    .command('preview <automation>')
    .description('Show the mail of the n-th recipient as it would go out; nothing is sent or written')
    .option('--row <n>', 'which recipient, counted from 1', wholeNumber, 1)
    .option(...DATE)
    .option('--html <file>', 'write the HTML there, in a form that loads nothing when it is opened')
    .option('--json', 'print JSON')
    .action(preview);
  program
    .command('test-send <automation>')
    .description('Send the mail of the n-th recipient to an address of your own, marked [TEST]')
    .requiredOption('--to <address>', 'an address of the sender’s domain, or of TANK_TEST_DOMAINS')
    .option('--row <n>', 'which recipient, counted from 1', wholeNumber, 1)
    .option(...DATE)
    .option('--json', 'print JSON')
    .action(testSend);
};

const dated = ({ row, date }: PreviewOptions) => ({ row, ...(date ? { businessDate: date } : {}) });

const preview = async (id: string, options: PreviewOptions): Promise<void> => {
  const { operator } = openSession();
  const shown = await operator.call(adminApi.preview, { params: { id }, body: dated(options) });
  const output = createOutput(options.json === true);
  if (options.html) await writeFile(options.html, sandboxed(shown.html), { mode: 0o600 });
  output.result(shown, () => [
    `Row ${shown.row} of ${shown.automation}, version ${shown.version}: ${shown.key} ${shown.address}`,
    `Subject: ${shown.subject}`,
    ...table(shown.files.map((file) => [`File: ${file.name}`, file.state, file.detail ?? ''])),
    ...shown.faults.flatMap(({ detail, mend }) => [`Fault: ${detail}`, ...(mend ? [`  → ${mend}`] : [])]),
    '',
    shown.text.trimEnd(),
    ...(options.html ? ['', `The HTML lies in ${options.html}.`] : []),
  ]);
};

/** A browser that opens the file must neither run nor load anything of it. */
const sandboxed = (html: string): string =>
  `<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">\n${html}`;

const testSend = async (id: string, options: TestOptions): Promise<void> => {
  const body = { ...dated(options), to: options.to };
  const sent = await openSession().operator.call(testSendApi.testSend, { params: { id }, body });
  createOutput(options.json === true).result(sent, () => [
    `Sent to ${sent.to} by ${sent.transport}: ${sent.subject}`,
  ]);
};
