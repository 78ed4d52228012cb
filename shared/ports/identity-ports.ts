import type { AccessRules } from '../domain/access-rules.ts';
import type { Accounts } from './accounts.ts';
import type { Audit } from './audit.ts';
import type { Certificates, Clients } from './clients.ts';
import type { Counters } from './counters.ts';
import type {
  ApiTokens,
  Devices,
  Federation,
  Invitations,
  SecondFactors,
  SignInLocks,
} from './credentials.ts';
import type { Captcha, OneTimeCodes, Passwords, Providers, SecretMaker, Tokens } from './identity.ts';
import type { Sessions } from './sessions.ts';
import type { Signals } from './signals.ts';

type Lazy<T> = () => Promise<T>;

/** Everything that knows who is who, who may come in, and what was done. */
export interface IdentityPorts {
  readonly access: AccessRules;
  readonly accounts: Lazy<Accounts>;
  readonly sessions: Lazy<Sessions>;
  readonly apiTokens: Lazy<ApiTokens>;
  readonly invitations: Lazy<Invitations>;
  readonly secondFactors: Lazy<SecondFactors>;
  readonly devices: Lazy<Devices>;
  readonly signInLocks: Lazy<SignInLocks>;
  readonly federation: Lazy<Federation>;
  readonly providers: Lazy<Providers>;
  readonly passwords: Lazy<Passwords>;
  readonly tokens: Lazy<Tokens>;
  readonly oneTimeCodes: Lazy<OneTimeCodes>;
  readonly secretMaker: SecretMaker;
  /** None: no puzzles are set. */
  readonly captcha: Lazy<Captcha | undefined>;
  readonly counters: Lazy<Counters>;
  readonly signals: Lazy<Signals>;
  readonly audit: Lazy<Audit>;
  readonly clients: Lazy<Clients>;
  readonly certificates: Certificates;
}
