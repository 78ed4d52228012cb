import type { Run } from '../../shared/ports/ledger.ts';
import type { Ports } from '../../shared/ports/ports.ts';

/** First the canary is settled to the last mail, then it is watched, then the rest may go or a person is asked. */
export const judgeCanaries = async (ports: Ports, live: readonly Run[]): Promise<void> => {
  for (const run of live) {
    if (run.canary === 'trying') await watch(ports, run);
    if (run.canary === 'watched') await judge(ports, run);
  }
};

const watch = async (ports: Ports, run: Run): Promise<void> => {
  const automations = await ports.automations();
  const version = await automations.version(run.automationId, run.automationVersion);
  const waitMs = (version?.spec.canary?.waitSeconds ?? 0) * 1000;
  const ledger = await ports.ledger();
  if (await ledger.watchCanary(run.id, { id: ports.runtime.id(), waitMs }))
    ports.runtime.log.info('canary is out', { runId: run.id, waitMs });
};

/** Where the transport tells about its mails, silence is no proof: the way of the events may be broken. */
const judge = async (ports: Ports, run: Run): Promise<void> => {
  const evidence = ports.evidence(run.transport);
  const ledger = await ports.ledger();
  const judged = await ledger.judgeCanary(
    run.id,
    evidence === 'events' ? 'event' : 'sent',
    ports.runtime.id(),
  );
  if (judged === 'unproven') ports.runtime.log.warn('canary proved nothing', { runId: run.id, evidence });
  if (judged === 'passed') ports.runtime.log.info('canary has passed', { runId: run.id });
};
