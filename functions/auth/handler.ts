import { httpChain } from '../../shared/middleware/http-chain.ts';
import { authApi } from '../../shared/wire/auth-api.ts';
import type { AuthPorts } from './auth-ports.ts';
import { changePassword } from './change-password.ts';
import { createFirstAdministrator } from './create-first-administrator.ts';
import { login } from './login.ts';

export const createAuthHandler = (ports: AuthPorts) =>
  httpChain(
    authApi,
    {
      login: ({ body }) => login(ports, body),
      me: async ({ principal: { id, name, role, mustChangePassword } }) => ({
        id,
        name,
        role,
        mustChangePassword,
      }),
      logout: async ({ principal }) =>
        (await ports.accounts()).revokeToken(principal.tokenId, principal.tokenExpiresAt),
      changePassword: ({ body, principal, language }) =>
        changePassword(ports, { ...body, accountId: principal.id, language }),
      keys: async () => ({ keys: [...(await (await ports.tokens()).publicKeys())] }),
      firstAdministrator: () => createFirstAdministrator(ports),
    },
    ports,
  );
