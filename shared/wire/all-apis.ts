import { adminApi } from './admin-api.ts';
import type { Api } from './api.ts';
import { authApi } from './auth-api.ts';
import { enqueueApi } from './enqueue-api.ts';
import { eventsApi } from './events-api.ts';
import { securityApi } from './security-api.ts';
import { testSendApi } from './test-send-api.ts';
import { unsubscribeApi } from './unsubscribe-api.ts';
import { usersApi } from './users-api.ts';

/** Every API of the manifest, for the document that describes them; a test holds the two together. */
export const ALL_APIS: readonly Api[] = [
  { ...authApi, ...usersApi, ...securityApi },
  enqueueApi,
  eventsApi,
  unsubscribeApi,
  testSendApi,
  adminApi,
];
