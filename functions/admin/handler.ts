import { httpChain } from '../../shared/middleware/http-chain.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { describeRun } from '../../shared/use-cases/describe-run.ts';
import { adminApi } from '../../shared/wire/admin-api.ts';
import { applyDefinitions } from './apply-definitions.ts';
import { approveRun, rejectRun } from './approval.ts';
import { listAutomations } from './automations.ts';
import { cancelRun, findRun, listRuns, listSends, pauseRun, resumeRun } from './runs.ts';
import { importHolidays, listHolidays, listSchedules } from './schedules.ts';
import { sendAgain } from './send-again.ts';

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
      approveRun: async ({ params, body, principal, language }) =>
        describeRun(
          await ports.ledger(),
          await approveRun(ports, { ...params, ...body, by: principal.id }),
          language,
        ),
      rejectRun: async ({ params, body, principal, language }) =>
        describeRun(
          await ports.ledger(),
          await rejectRun(ports, { ...params, ...body, by: principal.id }),
          language,
        ),
      sendAgain: async ({ params, body, principal, language, event }) =>
        describeRun(
          await ports.ledger(),
          await sendAgain(ports, {
            sendId: params.id,
            reason: body.reason,
            by: principal.id,
            ...idempotencyKeyOf(event.headers),
          }),
          language,
        ),
      listSchedules: () => listSchedules(ports),
      listHolidays: () => listHolidays(ports),
      importHolidays: ({ body, principal }) => importHolidays(ports, body.days, principal.id),
    },
    ports,
  );

const idempotencyKeyOf = (headers: Readonly<Record<string, string | undefined>>) => {
  const idempotencyKey = headers['idempotency-key'];
  return idempotencyKey ? { idempotencyKey } : {};
};
