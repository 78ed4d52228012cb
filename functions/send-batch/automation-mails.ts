import { type AutomationSpec, mayBeDeclined } from '../../shared/domain/automation.ts';
import { TankError } from '../../shared/domain/errors.ts';
import type { MailAttachment } from '../../shared/domain/mail.ts';
import type { SendPayload } from '../../shared/domain/payload.ts';
import { templateFault } from '../../shared/domain/template/faults.ts';
import type { MailTemplate } from '../../shared/domain/template/program.ts';
import { renderMail } from '../../shared/domain/template/render.ts';
import type { Run } from '../../shared/ports/ledger.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { Source } from '../../shared/ports/source.ts';
import { compileAutomation } from '../../shared/use-cases/compile-automation.ts';
import { offerUnsubscribe } from '../../shared/use-cases/offer-unsubscribe.ts';
import { type MappedRows, mailValues, mapRows } from '../../shared/use-cases/personalise.ts';
import type { ReadyMail } from './compose-mail.ts';
import type { MailMaker } from './run-kit.ts';

/** Of the version that the run has pinned. */
export const automationMails = async (ports: Ports, run: Run): Promise<MailMaker> => {
  const automations = await ports.automations();
  const version = await automations.version(run.automationId, run.automationVersion);
  if (!version) throw new TankError('not_found', { what: 'automation' });
  const { spec } = version;
  if (mayBeDeclined(spec.mail) && !ports.limits.publicUrl) throw new TankError('public_url_missing');
  const named = await automations.source(spec.source);
  if (!named) throw new TankError('unknown_source', { source: spec.source });
  const source = await (await ports.sources()).open(named);
  const template = await demandTemplate(source, spec);
  return {
    policy: spec,
    map: (payloads) =>
      mapRows(
        source,
        spec,
        payloads.map(({ row }) => row),
      ),
    compose: (payload, mapped) => compose(ports, { spec, template }, payload, mapped),
  };
};

/** It was checked at save; the source's columns may have changed since. */
const demandTemplate = async (source: Source, spec: AutomationSpec): Promise<MailTemplate> => {
  const { template, faults } = await compileAutomation(source, spec);
  const [fault] = faults;
  if (!template) throw templateFault(fault);
  return template;
};

const compose = async (
  ports: Ports,
  { spec, template }: { readonly spec: AutomationSpec; readonly template: MailTemplate },
  payload: SendPayload,
  mapped: MappedRows,
): Promise<ReadyMail['mail']> => {
  const { mail } = spec;
  const filled = renderMail(template, mailValues(spec, payload.row, mapped));
  const { rendered, headers } = await offerUnsubscribe(ports, spec, filled, payload.address);
  return {
    from: mail.from,
    to: payload.address,
    ...(mail.replyTo ? { replyTo: mail.replyTo } : {}),
    ...(mail.returnPath ? { returnPath: mail.returnPath } : {}),
    ...rendered,
    attachments: await openFiles(ports, payload.files),
    headers,
    tags: {},
  };
};

const openFiles = async (ports: Ports, files: SendPayload['files']): Promise<MailAttachment[]> => {
  if (files.length === 0) return [];
  const attachments = await ports.attachments();
  return Promise.all(
    files.map(async ({ file }) => ({
      fileName: file.fileName,
      contentType: file.contentType,
      content: await attachments.read(file),
      sha256: file.sha256,
    })),
  );
};
