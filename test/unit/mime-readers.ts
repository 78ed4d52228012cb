import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type AddressObject, simpleParser } from 'mailparser';

export interface ReadMail {
  /** Names of the fields of the mail itself, in order, in lower case. */
  readonly fields: readonly string[];
  readonly subject: string;
  readonly from: readonly Named[];
  readonly to: readonly Named[];
  readonly replyTo: readonly Named[];
  readonly text: string;
  readonly html: string;
  readonly extra: string | null;
  readonly attachments: readonly { readonly name: string; readonly content: string }[];
  readonly defects: readonly string[];
}

interface Named {
  readonly name: string;
  readonly address: string;
}

const listOf = (field: AddressObject | AddressObject[] | undefined): Named[] =>
  [field ?? []]
    .flat()
    .flatMap((object) => object.value.map((entry) => ({ name: entry.name, address: entry.address ?? '' })));

export const readWithMailparser = async (mail: Buffer): Promise<ReadMail> => {
  const read = await simpleParser(mail, { skipTextToHtml: true, skipTextLinks: true });
  const extra = read.headers.get('x-extra');
  return {
    fields: read.headerLines.map((line) => line.key),
    subject: read.subject ?? '',
    from: listOf(read.from),
    to: listOf(read.to),
    replyTo: listOf(read.replyTo),
    text: read.text ?? '',
    html: read.html || '',
    extra: typeof extra === 'string' ? extra : null,
    attachments: read.attachments.map((file) => ({
      name: file.filename ?? '',
      content: file.content.toString('hex'),
    })),
    defects: [],
  };
};

/** One process for all mails: starting Python costs more than reading a thousand of them. */
export const readWithPython = (mails: readonly Buffer[]): ReadMail[] => {
  const script = fileURLToPath(new URL('./mime-read.py', import.meta.url));
  const input = Buffer.concat(mails.flatMap((mail) => [lengthOf(mail), mail]));
  const run = spawnSync('python3', [script], { input, maxBuffer: 1024 * 1024 * 1024 });
  if (run.error) throw run.error;
  if (run.status !== 0) throw new Error(`mime-read.py failed: ${run.stderr}`);
  return run.stdout
    .toString()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as ReadMail);
};

const lengthOf = (mail: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(mail.length);
  return length;
};
