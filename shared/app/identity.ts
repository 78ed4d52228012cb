import { createCertificates } from '../adapters/certificates/read.ts';
import { secretMaker } from '../adapters/identity/secret-maker.ts';
import type { Dialect } from '../adapters/sql/dialect.ts';
import type { Settings } from '../config/load.ts';
import type { Alerts } from '../ports/alerts.ts';
import type { Database } from '../ports/database.ts';
import type { IdentityPorts } from '../ports/identity-ports.ts';
import type { Secrets, Vault } from '../ports/keys.ts';
import type { Lazy } from '../ports/ports.ts';
import type { Runtime } from '../ports/runtime.ts';
import { once } from './once.ts';

interface Parts {
  readonly settings: Settings;
  readonly runtime: Runtime;
  readonly store: Lazy<Database>;
  readonly dialect: Lazy<Dialect>;
  readonly secrets: Lazy<Secrets>;
  readonly vault: Lazy<Vault>;
  readonly alerts: Lazy<Alerts>;
  /** Where the audit is laid down beside the store; none where no disk lasts. */
  readonly auditFolder: string | undefined;
}

/** Everything that knows who is who, and who may come in. */
export const openIdentity = (parts: Parts): IdentityPorts => {
  const { settings, runtime, store, dialect, secrets, vault, alerts, auditFolder } = parts;
  const { clock } = runtime;
  const counters = once(async () =>
    (await import('../adapters/sql/identity/counters.ts')).createSqlCounters(
      await store(),
      await dialect(),
      clock,
    ),
  );
  const audit = once(async () =>
    (await import('../adapters/sql/audit/audit.ts')).createSqlAudit({
      database: await store(),
      dialect: await dialect(),
      runtime,
      sealing: { secrets, hasher: async () => (await vault()).hasher() },
      ...(auditFolder && { folder: auditFolder }),
    }),
  );
  return {
    access: settings.access,
    counters,
    secretMaker,
    certificates: createCertificates(),
    clients: once(async () =>
      (await import('../adapters/sql/gateway/clients.ts')).createSqlClients(await store(), await dialect()),
    ),
    accounts: once(async () =>
      (await import('../adapters/sql/identity/accounts.ts')).createSqlAccounts(
        await store(),
        await dialect(),
        clock,
      ),
    ),
    sessions: once(async () =>
      (await import('../adapters/sql/identity/sessions.ts')).createSqlSessions(
        await store(),
        await dialect(),
        clock,
      ),
    ),
    apiTokens: once(async () =>
      (await import('../adapters/sql/identity/api-tokens.ts')).createSqlApiTokens(await store()),
    ),
    invitations: once(async () =>
      (await import('../adapters/sql/identity/invitations.ts')).createSqlInvitations(await store()),
    ),
    secondFactors: once(async () =>
      (await import('../adapters/sql/identity/second-factors.ts')).createSqlSecondFactors(await store()),
    ),
    devices: once(async () =>
      (await import('../adapters/sql/identity/sign-in-guards.ts')).createSqlDevices(await store()),
    ),
    signInLocks: once(async () =>
      (await import('../adapters/sql/identity/sign-in-guards.ts')).createSqlSignInLocks(await store()),
    ),
    federation: once(async () =>
      (await import('../adapters/sql/identity/federation.ts')).createSqlFederation(await store()),
    ),
    providers: once(async () => {
      const { createProviders } = await import('../adapters/identity/providers.ts');
      const { issuer } = settings.access.federation;
      return createProviders({ secrets, ...(issuer && { companyIssuer: issuer }) });
    }),
    signals: once(async () =>
      (await import('../adapters/sql/identity/signals.ts')).createSqlSignals(
        await store(),
        await dialect(),
        runtime,
        { alerts, audit },
      ),
    ),
    audit,
    passwords: once(async () =>
      (await import('../adapters/identity/scrypt-passwords.ts')).createScryptPasswords(),
    ),
    oneTimeCodes: once(async () =>
      (await import('../adapters/identity/one-time-codes.ts')).createOneTimeCodes(),
    ),
    captcha: once(async () => {
      const { captchaUrl: url } = settings.access;
      if (!url) return undefined;
      const { createCaptcha } = await import('../adapters/identity/captcha.ts');
      const { createWeb } = await import('../adapters/web/web.ts');
      return createCaptcha({ url, web: createWeb({ reach: 'anywhere' }), secrets, log: runtime.log });
    }),
    tokens: once(async () =>
      (await import('../adapters/identity/signed-tokens.ts')).createSignedTokens({ secrets, runtime }),
    ),
  };
};
