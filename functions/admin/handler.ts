import type { Language } from '../../shared/domain/errors.ts';
import type { Operations } from '../../shared/middleware/call.ts';
import { httpChain } from '../../shared/middleware/http-chain.ts';
import type { Run } from '../../shared/ports/ledger.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { confine } from '../../shared/use-cases/confine.ts';
import { describeRun } from '../../shared/use-cases/describe-run.ts';
import { adminApi } from '../../shared/wire/admin-api.ts';
import { ALL_APIS } from '../../shared/wire/all-apis.ts';
import { expectedVersion } from '../../shared/wire/if-match.ts';
import { openApiDocument } from '../../shared/wire/openapi.ts';
import { accepts } from '../../shared/wire/streamed.ts';
import { applyDefinitions } from './apply-definitions.ts';
import { approveRun, rejectRun } from './approval.ts';
import * as automations from './automations.ts';
import * as blockLists from './block-lists.ts';
import { checkDefinitions } from './check-definitions.ts';
import { checkFiles } from './check-files.ts';
import * as clients from './clients.ts';
import { docsPage } from './docs-page.ts';
import { exportDefinitions } from './export-definitions.ts';
import { exportSends } from './export-sends.ts';
import { reportEvents, reportReputation } from './feedback.ts';
import * as organisations from './organisations.ts';
import { pauseAutomation, resumeAutomation } from './pause-automation.ts';
import { preview } from './preview.ts';
import * as queues from './queues.ts';
import { getQuota } from './quota.ts';
import * as reports from './reports.ts';
import { checkTotals, retryRun, settleRun, settleSend } from './rule-on-sends.ts';
import * as runs from './runs.ts';
import { addAutomation, replaceAutomation } from './save-automation.ts';
import { importHolidays, listHolidays, listSchedules } from './schedules.ts';
import { sendAgain } from './send-again.ts';
import { listSends } from './sends.ts';
import * as sources from './sources.ts';
import * as suppressions from './suppressions.ts';

/** Each caller works on what is his: the ports are those of his organisations. */
export const createAdminHandler = (all: Ports) =>
  httpChain(adminApi, (principal) => operationsOn(confine(all, principal)), all);

const operationsOn = (ports: Ports): Operations<typeof adminApi> => {
  const shown = async (run: Promise<Run>, language: Language) => describeRun(ports, await run, language);
  return {
    applyDefinitions: ({ body, principal, language }) => applyDefinitions(ports, body, principal, language),
    checkDefinitions: ({ body, principal, language }) => checkDefinitions(ports, body, principal, language),
    exportDefinitions: ({ query }) =>
      exportDefinitions(
        ports,
        (query.automations ?? '').split(',').filter((name) => name !== ''),
      ),

    listOrganisations: () => organisations.listOrganisations(ports),
    addOrganisation: ({ body, principal }) => organisations.addOrganisation(ports, body, principal),
    changeOrganisation: ({ params, body }) =>
      organisations.retitleOrganisation(ports, params.name, body.title),
    removeOrganisation: ({ params }) => organisations.removeOrganisation(ports, params.name),

    listSources: () => sources.listSources(ports),
    getSource: ({ params }) => sources.getSource(ports, params.id),
    addSource: ({ body, principal, language }) =>
      sources.saveSource(ports, { document: body, expectedVersion: 0 }, principal, language),
    replaceSource: ({ params, headers, body, principal, language }) =>
      sources.replaceSource(
        ports,
        params.id,
        { document: body, ...expectedVersion(headers) },
        principal,
        language,
      ),
    removeSource: ({ params, principal }) => sources.removeSource(ports, params.id, principal),
    testSource: ({ params, principal }) => sources.testSource(ports, params.id, principal),

    listAutomations: ({ query }) => automations.listAutomations(ports, query),
    getAutomation: ({ params, language }) => automations.getAutomation(ports, params.id, language),
    addAutomation: ({ body, principal, language }) => addAutomation(ports, body, principal, language),
    replaceAutomation: ({ params, headers, body, principal, language }) =>
      replaceAutomation(
        ports,
        params.id,
        { document: body, ...expectedVersion(headers) },
        principal,
        language,
      ),
    archiveAutomation: ({ params, principal }) => automations.archiveAutomation(ports, params.id, principal),
    listVersions: ({ params }) => automations.listVersions(ports, params.id),
    getVersion: ({ params }) => automations.getVersion(ports, params.id, params.version),
    preview: ({ params, body, principal, language }) => preview(ports, params.id, body, principal, language),
    checkFiles: ({ params, body, principal, language }) =>
      checkFiles(ports, params.id, body, principal, language),
    pauseAutomation: ({ params, body, principal, language }) =>
      pauseAutomation(ports, params.id, body.reason, principal, language),
    resumeAutomation: ({ params, body, principal, language }) =>
      resumeAutomation(ports, params.id, body.hold, principal, language),

    listRuns: ({ query, language }) => runs.listRuns(ports, query, language),
    getRun: ({ params, language }) => runs.getRun(ports, params.id, language),
    listFaults: ({ params, language }) => runs.listFaults(ports, params.id, language),
    listSends: ({ params, query, headers, principal, language }) =>
      accepts(headers.accept, 'text/csv')
        ? exportSends(ports, params.id, query, principal, language)
        : listSends(ports, params.id, query, principal, language),
    pauseRun: ({ params, body, principal, language }) =>
      runs.pauseRun(ports, params.id, body.reason, principal.id, language),
    resumeRun: ({ params, body, principal, language }) =>
      runs.resumeRun(ports, params.id, body.hold, principal.id, language),
    cancelRun: ({ params, principal, language }) => runs.cancelRun(ports, params.id, principal.id, language),
    retryRun: ({ params, body, principal, language }) =>
      retryRun(ports, params.id, body, { by: principal.id, language }),
    settleRun: ({ params, body, principal, language }) =>
      settleRun(ports, params.id, body, { by: principal.id, language }),
    settleSend: ({ params, body, principal, language }) =>
      settleSend(ports, params.id, body, { by: principal.id, language }),
    checkTotals: () => checkTotals(ports),

    approveRun: ({ params, body, principal, language }) =>
      shown(approveRun(ports, { ...params, ...body, by: principal.id }), language),
    rejectRun: ({ params, body, principal, language }) =>
      shown(rejectRun(ports, { ...params, ...body, by: principal.id }), language),
    sendAgain: ({ params, body, principal, language, event }) =>
      shown(
        sendAgain(ports, {
          sendId: params.id,
          reason: body.reason,
          by: principal.id,
          ...idempotencyKeyOf(event.headers),
        }),
        language,
      ),
    listSchedules: () => listSchedules(ports),
    listHolidays: () => listHolidays(ports),
    importHolidays: ({ body, principal, language }) =>
      importHolidays(ports, body.days, principal.id, language),

    reportSummary: ({ query, language }) => reports.reportSummary(ports, query, language),
    reportDomains: ({ query, language }) => reports.reportDomains(ports, query, language),
    reportTimeline: ({ query, language }) => reports.reportTimeline(ports, query, language),
    getQuota: () => getQuota(ports),
    listQueues: () => queues.listQueues(ports),
    listDeadMessages: ({ params, query }) => queues.listDeadMessages(ports, params.queue, query.limit),
    redriveQueue: ({ params }) => queues.redriveQueue(ports, params.queue),
    listErrors: ({ query, language }) => reports.listErrors(ports, query, language),

    openApi: async () => ({ ...openApiDocument(ALL_APIS) }),
    docs: async () => docsPage(openApiDocument(ALL_APIS)),

    reportEvents: ({ query, language }) => reportEvents(ports, query, language),
    reportReputation: ({ principal }) => reportReputation(ports, principal),
    listSuppressions: ({ query, principal }) => suppressions.listSuppressions(ports, query, principal),
    findSuppressions: ({ body, principal }) => suppressions.findSuppressions(ports, body.address, principal),
    addSuppressions: ({ body: { addresses, ...about }, principal, language }) =>
      suppressions.importSuppressions(
        ports,
        { ...about, rows: suppressions.rowsOf(addresses) },
        principal,
        language,
      ),
    removeSuppression: async ({ params, principal }) => {
      await suppressions.removeSuppression(ports, params.id, principal);
      return undefined;
    },
    importSuppressions: ({ body: { csv, ...about }, principal, language }) =>
      suppressions.importSuppressions(
        ports,
        { ...about, rows: suppressions.rowsOfCsv(csv) },
        principal,
        language,
      ),
    exportSuppressions: ({ principal }) => suppressions.exportSuppressions(ports, principal),
    listBlockLists: () => blockLists.listBlockLists(ports),
    addBlockList: ({ body, principal }) => blockLists.addBlockList(ports, body, principal),
    removeBlockList: async ({ params }) => {
      await blockLists.removeBlockList(ports, params.id);
      return undefined;
    },
    listClients: () => clients.listClients(ports),
    addClient: ({ body, principal }) => clients.addClient(ports, body, principal),
    changeClient: ({ params, body }) => clients.changeClient(ports, params.id, body),
    removeClient: ({ params }) => clients.removeClient(ports, params.id),
    noteCertificate: ({ params, body }) => clients.noteCertificate(ports, params.id, body.pem),
    revokeCertificate: ({ params, body, principal }) =>
      clients.revokeCertificate(ports, params.id, body, principal),

    refreshBlockList: async ({ params }) => {
      await blockLists.refreshBlockList(ports, params.id);
      return undefined;
    },
  };
};

const idempotencyKeyOf = (headers: Readonly<Record<string, string | undefined>>) => {
  const idempotencyKey = headers['idempotency-key'];
  return idempotencyKey ? { idempotencyKey } : {};
};
