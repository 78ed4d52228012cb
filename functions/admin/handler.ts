import { httpChain } from '../../shared/middleware/http-chain.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { describeRun } from '../../shared/use-cases/describe-run.ts';
import { adminApi } from '../../shared/wire/admin-api.ts';
import { applyDefinitions } from './apply-definitions.ts';
import { listAutomations } from './automations.ts';
import { cancelRun, findRun, listRuns, listSends, pauseRun, resumeRun } from './runs.ts';

export const createAdminHandler = (ports: Ports) =>
  httpChain(
    adminApi,
    {
      applyDefinitions: ({ body, principal, language }) =>
        applyDefinitions(ports, body.documents, principal.id, language),
      listAutomations: () => listAutomations(ports),
      listRuns: ({ query, language }) => listRuns(ports, query, language),
      getRun: async ({ params, language }) =>
        describeRun(await ports.ledger(), await findRun(ports, params.id), language),
      listSends: ({ params, query, language }) => listSends(ports, params.id, query, language),
      pauseRun: async ({ params, body, principal, language }) =>
        describeRun(
          await ports.ledger(),
          await pauseRun(ports, params.id, body.reason, principal.id),
          language,
        ),
      resumeRun: async ({ params, body, principal, language }) =>
        describeRun(
          await ports.ledger(),
          await resumeRun(ports, params.id, body.hold, principal.id),
          language,
        ),
      cancelRun: async ({ params, principal, language }) =>
        describeRun(await ports.ledger(), await cancelRun(ports, params.id, principal.id), language),
    },
    ports,
  );
