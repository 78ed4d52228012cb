import type { AutomationSpec } from '../../shared/domain/automation.ts';
import { TankError } from '../../shared/domain/errors.ts';
import { describeTemplateFault } from '../../shared/domain/template/faults.ts';
import type { MailTemplate } from '../../shared/domain/template/program.ts';
import type { Cipher } from '../../shared/ports/keys.ts';
import type { Run } from '../../shared/ports/ledger.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { Source } from '../../shared/ports/source.ts';
import { compileAutomation } from '../../shared/use-cases/compile-automation.ts';

/** What all batches of a run share: made once, kept while the run is worked on. */
export interface RunKit {
  readonly spec: AutomationSpec;
  readonly template: MailTemplate;
  readonly cipher: Cipher;
  readonly source: Source;
  /** Mails of this run that the transport refused without one between that it took. */
  rejectedInARow: number;
  /** A hold was laid by what the transport said: what is marked and not called yet is taken back. */
  halted: boolean;
}

export interface RunKits {
  of(run: Run): Promise<RunKit>;
}

/** Runs that a worker has at hand at the same time are few; the oldest leaves. */
const KEPT = 20;

export const createRunKits = (ports: Ports): RunKits => {
  const kept = new Map<string, Promise<RunKit>>();
  return {
    of: (run) => {
      const known = kept.get(run.id);
      if (known) return known;
      const kit = makeKit(ports, run);
      kept.set(run.id, kit);
      kit.catch(() => kept.delete(run.id));
      const [oldest] = kept.keys();
      if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
      return kit;
    },
  };
};

const makeKit = async (ports: Ports, run: Run): Promise<RunKit> => {
  const automations = await ports.automations();
  const version = await automations.version(run.automationId, run.automationVersion);
  if (!version) throw new TankError('not_found', { what: 'automation' });
  const source = await automations.source(version.spec.source);
  if (!source) throw new TankError('unknown_source', { source: version.spec.source });
  const opened = await (await ports.sources()).open(source);
  return {
    spec: version.spec,
    template: await demandTemplate(opened, version.spec),
    cipher: await (await ports.vault()).open(run.id),
    source: opened,
    rejectedInARow: 0,
    halted: false,
  };
};

/** It was checked at save; the source's columns may have changed since. */
const demandTemplate = async (source: Source, spec: AutomationSpec): Promise<MailTemplate> => {
  const { template, faults } = await compileAutomation(source, spec);
  const [fault] = faults;
  if (!template)
    throw new TankError('template_invalid', {
      reason: fault ? describeTemplateFault(fault, 'en') : 'it has no parts',
    });
  return template;
};
