import {
  ATTACHMENT_FAULTS,
  type AttachmentsSpec,
  type AutomationSpec,
  type MailSpec,
  type RecipientsSpec,
  type Recurrence,
  type SourceSpec,
} from '../domain/automation.ts';
import type { AutomationDocument, SourceDocument } from './automation-document.ts';
import { scheduleDocument, scheduleSpec } from './schedule-document.ts';

const DEFAULT_ORGANISATION = 'default';
const DEFAULT_FAULTS: AttachmentsSpec['faults'] = {
  unnamed: 'send',
  notFound: 'skip',
  duplicated: 'stop',
  invalid: 'stop',
  wrongOwner: 'stop',
};
const DEFAULT_CANARY_WAIT_SECONDS = 600;
const DEFAULT_RECURRENCE = 'new';

/** `{ [key]: value }`, or nothing: an optional field is left out, never undefined. */
const optional = <K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } =>
  value === undefined ? {} : ({ [key]: value } as { [P in K]: V });

const unless = <V>(value: V, usual: V): V | undefined => (value === usual ? undefined : value);

export const sourceSpec = (document: SourceDocument): SourceSpec => ({
  name: document.source,
  kind: document.kind,
  url: document.url,
  ...optional('secret', document.secret),
  ...optional('encoding', document.encoding),
  ...optional('delimiter', document.delimiter),
  ...optional('waiver', document.waiver),
});

/** What `tank export` writes; reading it again gives the same source. */
export const sourceDocument = ({ name, kind, url, ...spec }: SourceSpec): object => ({
  version: 1,
  source: name,
  kind,
  url,
  ...optional('secret', spec.secret),
  ...optional('encoding', spec.encoding),
  ...optional('delimiter', spec.delimiter),
  ...optional('waiver', spec.waiver),
});

/** Every default filled in; `html` has been read when this is called. */
export const automationSpec = (document: AutomationDocument, html: string): AutomationSpec => ({
  name: document.automation,
  organisation: document.organisation ?? DEFAULT_ORGANISATION,
  source: document.source,
  recipients: recipientsSpec(document.recipients),
  mappings: document.mappings ?? [],
  ...optional('writeBack', document.writeBack),
  mail: mailSpec(document.mail, html),
  ...optional('transport', document.transport),
  ...optional('attachments', document.attachments && attachmentsSpec(document.attachments)),
  inDoubt: document.inDoubt ?? 'hold',
  ...optional('schedule', document.schedule && scheduleSpec(document.schedule)),
  ...optional('approval', document.approval),
  ...optional('canary', document.canary && canarySpec(document.canary)),
  ...optional('blockLists', document.blockLists),
});

const recipientsSpec = ({
  target,
  key,
  email,
  keyPattern,
  recurrence,
}: AutomationDocument['recipients']): RecipientsSpec => ({
  target,
  key,
  email,
  ...optional('keyPattern', keyPattern),
  recurrence: recurrenceSpec(recurrence ?? DEFAULT_RECURRENCE),
});

const recurrenceSpec = (text: string): Recurrence => {
  if (text === 'new' || text === 'all') return { kind: text };
  return { kind: 'once-per', days: Number(text.replace(/\D/g, '')) };
};

const mailSpec = (
  { from, replyTo, returnPath, subject, ...mail }: AutomationDocument['mail'],
  html: string,
): MailSpec => {
  const advertising = mail.advertising ?? false;
  return {
    from,
    ...optional('replyTo', replyTo),
    ...optional('returnPath', returnPath),
    subject,
    html,
    advertising,
    // Advertising must let its readers go; a statement need not.
    unsubscribe: mail.unsubscribe ?? advertising,
  };
};

type Attachments = NonNullable<AutomationDocument['attachments']>;

const attachmentsSpec = ({ folder, columns, owner, faults }: Attachments): AttachmentsSpec => ({
  folder,
  columns,
  ...optional('owner', owner),
  faults: {
    unnamed: faults?.unnamed ?? DEFAULT_FAULTS.unnamed,
    notFound: faults?.notFound ?? DEFAULT_FAULTS.notFound,
    duplicated: faults?.duplicated ?? DEFAULT_FAULTS.duplicated,
    invalid: faults?.invalid ?? DEFAULT_FAULTS.invalid,
    wrongOwner: faults?.wrongOwner ?? DEFAULT_FAULTS.wrongOwner,
  },
});

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

const canarySpec = ({ first, wait }: NonNullable<AutomationDocument['canary']>) => ({
  first,
  waitSeconds:
    wait === undefined
      ? DEFAULT_CANARY_WAIT_SECONDS
      : Number(wait.slice(0, -1)) * (SECONDS[wait.slice(-1)] ?? 1),
});

const waitText = (seconds: number): string => {
  if (seconds % 3600 === 0) return `${seconds / 3600}h`;
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
};

/** What `tank export` writes: defaults left out, the id put in. Reading it again gives the same automation. */
export const automationDocument = (spec: AutomationSpec, id?: string): object => ({
  version: 1,
  ...optional('id', id),
  automation: spec.name,
  ...optional('organisation', unless(spec.organisation, DEFAULT_ORGANISATION)),
  source: spec.source,
  recipients: recipientsDocument(spec.recipients),
  ...(spec.mappings.length > 0 ? { mappings: spec.mappings } : {}),
  ...optional('writeBack', spec.writeBack),
  mail: mailDocument(spec.mail),
  ...optional('transport', spec.transport),
  ...optional('attachments', spec.attachments && attachmentsDocument(spec.attachments)),
  ...optional('inDoubt', unless(spec.inDoubt, 'hold')),
  ...optional('schedule', spec.schedule && scheduleDocument(spec.schedule)),
  ...optional('approval', spec.approval),
  ...optional('blockLists', spec.blockLists),
  ...optional('canary', spec.canary && { first: spec.canary.first, wait: waitText(spec.canary.waitSeconds) }),
});

const recipientsDocument = ({ recurrence, ...recipients }: RecipientsSpec): object => ({
  ...recipients,
  recurrence: recurrence.kind === 'once-per' ? `once-per-${recurrence.days}d` : recurrence.kind,
});

const mailDocument = ({ advertising, unsubscribe, ...mail }: MailSpec): object => ({
  ...mail,
  ...optional('advertising', unless(advertising, false)),
  ...optional('unsubscribe', unless(unsubscribe, advertising)),
});

const attachmentsDocument = ({ faults, ...attachments }: AttachmentsSpec): object => {
  const changed = ATTACHMENT_FAULTS.filter((name) => faults[name] !== DEFAULT_FAULTS[name]);
  if (changed.length === 0) return attachments;
  return { ...attachments, faults: Object.fromEntries(changed.map((name) => [name, faults[name]])) };
};
