import { type AutomationSpec, DEFAULT_ZONE, mayBeDeclined } from '../../shared/domain/automation.ts';
import {
  definitionFault,
  type Findings,
  joinFindings,
  NO_FINDINGS,
} from '../../shared/domain/definition-faults.ts';
import { type FieldFault, type Language, TankError, toTankError } from '../../shared/domain/errors.ts';
import { UNPROVABLE, unprovable } from '../../shared/domain/evidence.ts';
import { describeReason } from '../../shared/domain/reason.ts';
import { businessDate } from '../../shared/domain/schedule/civil.ts';
import { fillDatePattern } from '../../shared/domain/schedule/date-pattern.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { toldFault } from './told-fault.ts';

/** Transport, folder and the way to decline: what has to do with the way of the mail and not with its data. */
export const checkSending = async (
  ports: Ports,
  spec: AutomationSpec,
  language: Language,
): Promise<Findings> =>
  joinFindings([
    await checkTransport(ports, spec, language),
    await checkFolder(ports, spec, language),
    { faults: offerFaults(ports, spec, language), warnings: [] },
    { faults: [], warnings: ownerWarnings(spec, language) },
  ]);

const checkTransport = async (ports: Ports, spec: AutomationSpec, language: Language): Promise<Findings> => {
  const faults = unprovable(spec, ports.evidence(spec.transport)).map((field) => ({
    field,
    problem: UNPROVABLE[field][language],
  }));
  try {
    // Made, not connected: what is missing in the settings shows.
    await ports.transport(spec.transport);
    return { faults, warnings: [] };
  } catch (thrown) {
    return { faults: [...faults, toldFault('transport', thrown, language)], warnings: [] };
  }
};

/** What is refused is a fault; a folder that the batch of tonight will make is only told. */
const checkFolder = async (ports: Ports, spec: AutomationSpec, language: Language): Promise<Findings> => {
  if (!spec.attachments) return NO_FINDINGS;
  const field = 'attachments.folder';
  const today = businessDate(ports.runtime.clock.now(), spec.schedule?.zone ?? DEFAULT_ZONE);
  const folder = fillDatePattern(spec.attachments.folder, today);
  try {
    await (await ports.attachments()).check(folder);
    return NO_FINDINGS;
  } catch (thrown) {
    const { code, facts } = toTankError(thrown);
    if (code !== 'folder_unreachable') return { faults: [toldFault(field, thrown, language)], warnings: [] };
    const reason = describeReason(facts, language);
    return { faults: [], warnings: [definitionFault(field, 'folder_missing', { reason }, language)] };
  }
};

const ownerWarnings = ({ attachments, recipients }: AutomationSpec, language: Language): FieldFault[] =>
  attachments && attachments.owner === undefined
    ? [
        definitionFault(
          'attachments',
          'attachments_without_owner',
          { placeholder: `{${recipients.key}}` },
          language,
        ),
      ]
    : [];

/** Without an address of its own, the link in its mails would lead nowhere. */
const offerFaults = ({ limits }: Ports, { mail }: AutomationSpec, language: Language): FieldFault[] =>
  mayBeDeclined(mail) && !limits.publicUrl
    ? [toldFault('mail.unsubscribe', new TankError('public_url_missing'), language)]
    : [];
