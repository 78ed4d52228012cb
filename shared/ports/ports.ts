import type { AccessRules } from '../domain/access-rules.ts';
import type { TransportName } from '../domain/automation.ts';
import type { Accounts } from './accounts.ts';
import type { Alerts } from './alerts.ts';
import type { Attachments } from './attachments.ts';
import type { Audit } from './audit.ts';
import type { Automations } from './automations.ts';
import type { Counters } from './counters.ts';
import type {
  ApiTokens,
  Devices,
  Federation,
  Invitations,
  SecondFactors,
  SignInLocks,
} from './credentials.ts';
import type { Events } from './events.ts';
import type { OneTimeCodes, Passwords, Providers, SecretMaker, Tokens } from './identity.ts';
import type { Secrets, Vault } from './keys.ts';
import type { Ledger } from './ledger.ts';
import type { Pace } from './pace.ts';
import type { Queue } from './queue.ts';
import type { Runtime } from './runtime.ts';
import type { Sessions } from './sessions.ts';
import type { Signals } from './signals.ts';
import type { Sources } from './source.ts';
import type { Suppressions } from './suppressions.ts';
import type { Transport } from './transport.ts';

/** Built when first asked for, then kept. */
export type Lazy<T> = () => Promise<T>;

/** What every handler is given. `shared/app.ts` makes it; tests make their own. */
export interface Ports {
  readonly runtime: Runtime;
  readonly limits: Limits;
  readonly access: AccessRules;
  readonly queue: Lazy<Queue>;
  readonly ledger: Lazy<Ledger>;
  readonly automations: Lazy<Automations>;
  readonly pace: Lazy<Pace>;
  readonly accounts: Lazy<Accounts>;
  readonly sessions: Lazy<Sessions>;
  readonly apiTokens: Lazy<ApiTokens>;
  readonly invitations: Lazy<Invitations>;
  readonly secondFactors: Lazy<SecondFactors>;
  readonly devices: Lazy<Devices>;
  readonly signInLocks: Lazy<SignInLocks>;
  readonly federation: Lazy<Federation>;
  readonly providers: Lazy<Providers>;
  readonly secretMaker: SecretMaker;
  readonly oneTimeCodes: Lazy<OneTimeCodes>;
  readonly counters: Lazy<Counters>;
  readonly alerts: Lazy<Alerts>;
  readonly signals: Lazy<Signals>;
  readonly audit: Lazy<Audit>;
  readonly passwords: Lazy<Passwords>;
  readonly tokens: Lazy<Tokens>;
  readonly suppressions: Lazy<Suppressions>;
  readonly events: Lazy<Events>;
  readonly vault: Lazy<Vault>;
  readonly secrets: Lazy<Secrets>;
  readonly sources: Lazy<Sources>;
  readonly attachments: Lazy<Attachments>;
  /** The installation's transport, or the one that an automation names. */
  readonly transport: (name: TransportName | undefined) => Promise<Transport>;
}

/** The numbers of the settings that use cases weigh. */
export interface Limits {
  readonly wave: number;
  readonly callTimeoutMs: number;
  readonly leaseMs: number;
  readonly queueWindowMs: number;
  readonly retryWaitsMs: readonly number[];
  readonly inDoubtWaitMs: number;
  readonly sendRate?: number;
}
