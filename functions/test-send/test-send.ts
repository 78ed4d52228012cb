import { ADDRESS_FAULTS, parseAddress } from '../../shared/domain/address.ts';
import type { AutomationSpec } from '../../shared/domain/automation.ts';
import { type Language, TankError } from '../../shared/domain/errors.ts';
import { fillFaultText } from '../../shared/domain/fault-text.ts';
import { attemptId, sendId } from '../../shared/domain/identifiers.ts';
import type { MailAttachment } from '../../shared/domain/mail.ts';
import type { Principal } from '../../shared/domain/permissions.ts';
import { verdictOn } from '../../shared/domain/settlement.ts';
import type { Pace } from '../../shared/ports/pace.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import {
  type DraftedMail,
  type DraftOrder,
  draftMail,
  suppressionOf,
} from '../../shared/use-cases/draft-mail.ts';
import { findAutomation } from '../../shared/use-cases/find-automation.ts';
import type { RowFile } from '../../shared/use-cases/find-files.ts';

export interface TestOrder extends DraftOrder {
  readonly to: string;
}

const MARK = '[TEST] ';

/**
 * A customer's mail to a colleague: past the ledger, so that nobody is remembered as mailed and nothing is
 * written back, and only to the sender's own domain or one that the settings name.
 */
export const testSend = async (
  ports: Ports,
  idOrName: string,
  order: TestOrder,
  principal: Principal,
  language: Language,
) => {
  const { id, version, spec } = await findAutomation(ports, idOrName);
  const to = await ownAddress(ports, spec, order.to, language);
  const draft = await draftMail(ports, spec, order);
  const fault = draft.faults.find(({ class: errorClass }) => errorClass === 'attachment');
  if (fault) throw fault;
  const transport = await ports.transport(spec.transport);
  const pace = await ports.pace(transport.name);
  await awaitPace(ports, pace);
  const mail = await compose(ports, spec, draft, to);
  const outcome = await transport.send(mail, AbortSignal.timeout(ports.limits.callTimeoutMs));
  const taken = outcome.kind === 'accepted' || outcome.kind === 'doubtful' ? 1 : 0;
  pace.report({ taken, throttled: outcome.kind === 'throttled' ? 1 : 0 });
  await pace.flush();
  const verdict = verdictOn(outcome, 0, ports.limits);
  ports.runtime.log.info('test_mail', { automation: id, principal: principal.id, outcome: outcome.kind });
  if (verdict.to !== 'sent') throw new TankError(verdict.fault.code, verdict.fault.facts);
  const { row } = order;
  const { subject } = mail;
  return {
    automation: spec.name,
    version,
    row,
    to,
    subject,
    transport: transport.name,
    messageId: verdict.messageId,
  };
};

const ownAddress = async (ports: Ports, spec: AutomationSpec, to: string, language: Language) => {
  const parsed = parseAddress(to);
  if (!parsed.ok) {
    const problem = fillFaultText(ADDRESS_FAULTS[parsed.fault], {}, language);
    throw new TankError('invalid_request', {}, { fields: [{ field: 'to', problem }] });
  }
  const domains = [senderDomain(spec), ...ports.limits.testDomains];
  if (!domains.includes(parsed.domain))
    throw new TankError('test_address_refused', { domains: [...new Set(domains)].join(', ') });
  const suppressed = await suppressionOf(ports, parsed.address, spec);
  if (suppressed) throw suppressed;
  return parsed.address;
};

const senderDomain = ({ mail }: AutomationSpec): string => {
  const parsed = parseAddress(/<([^<>]+)>\s*$/.exec(mail.from)?.[1] ?? mail.from);
  return parsed.ok ? parsed.domain : '';
};

/** In the urgent lane: a campaign that uses up the pace keeps no test waiting. */
const awaitPace = async ({ runtime }: Ports, pace: Pace): Promise<void> => {
  const reserved = await pace.reserve(1, 'urgent');
  if (reserved.kind === 'quota') throw new TankError('quota_exhausted');
  if (reserved.kind === 'later')
    throw new TankError('too_many_requests', { seconds: Math.ceil(reserved.afterMs / 1000) });
  if (reserved.waitMs > 0) await runtime.clock.sleep(reserved.waitMs);
};

const compose = async (ports: Ports, { mail }: AutomationSpec, draft: DraftedMail, to: string) => {
  // An id like a run's, of which the ledger knows nothing: evidence about it settles nobody.
  const runId = ports.runtime.id();
  const { subject, html, text } = draft.rendered;
  return {
    runId,
    attemptId: attemptId(sendId(runId, 0), 1),
    from: mail.from,
    to,
    ...(mail.replyTo ? { replyTo: mail.replyTo } : {}),
    ...(mail.returnPath ? { returnPath: mail.returnPath } : {}),
    subject: MARK + subject,
    html,
    text,
    attachments: await openFiles(ports, draft.files),
    headers: {},
    tags: {},
  };
};

const openFiles = async (ports: Ports, files: readonly RowFile[]): Promise<MailAttachment[]> => {
  const found = files.flatMap(({ finding }) => (finding.kind === 'found' ? [finding.file] : []));
  if (found.length === 0) return [];
  const attachments = await ports.attachments();
  return Promise.all(
    found.map(async (file) => {
      const { fileName, contentType, sha256 } = file;
      return { fileName, contentType, sha256, content: await attachments.read(file) };
    }),
  );
};
