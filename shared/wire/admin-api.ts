import { againApi } from './again-api.ts';
import { approvalApi } from './approval-api.ts';
import { automationsApi } from './automations-api.ts';
import { clientsApi } from './clients-api.ts';
import { definitionsApi } from './definitions-api.ts';
import { docsApi } from './docs-api.ts';
import { feedbackApi } from './feedback-api.ts';
import { organisationsApi } from './organisations-api.ts';
import { queuesApi } from './queues-api.ts';
import { reportsApi } from './reports-api.ts';
import { runsApi } from './runs-api.ts';
import { runsControlApi } from './runs-control-api.ts';
import { scheduleApi } from './schedule-api.ts';
import { sourcesApi } from './sources-api.ts';
import { suppressionsApi } from './suppressions-api.ts';

/** What the function `admin` answers. */
export const adminApi = {
  ...definitionsApi,
  ...organisationsApi,
  ...sourcesApi,
  ...automationsApi,
  ...scheduleApi,
  ...runsApi,
  ...runsControlApi,
  ...approvalApi,
  ...againApi,
  ...reportsApi,
  ...queuesApi,
  ...suppressionsApi,
  ...feedbackApi,
  ...clientsApi,
  ...docsApi,
};
