import type { TransportName } from '../domain/automation.ts';
import type { EvidenceKind } from '../domain/evidence.ts';
import type { Alerts } from './alerts.ts';
import type { Attachments } from './attachments.ts';
import type { Automations } from './automations.ts';
import type { BlockLists } from './block-lists.ts';
import type { Breaker } from './breaker.ts';
import type { Calendar } from './calendar.ts';
import type { Events } from './events.ts';
import type { Feedback } from './feedback.ts';
import type { IdentityPorts } from './identity-ports.ts';
import type { Secrets, Vault } from './keys.ts';
import type { Leases } from './leases.ts';
import type { Ledger } from './ledger.ts';
import type { Messages } from './messages.ts';
import type { Organisations } from './organisations.ts';
import type { Pace } from './pace.ts';
import type { Queue } from './queue.ts';
import type { Reports } from './reports.ts';
import type { Runtime } from './runtime.ts';
import type { Schedules } from './schedules.ts';
import type { SendingSwitch } from './sending-switch.ts';
import type { Sns } from './sns.ts';
import type { Sources } from './source.ts';
import type { Suppressions } from './suppressions.ts';
import type { Transport } from './transport.ts';
import type { Web } from './web.ts';

/** Built when first asked for, then kept. */
export type Lazy<T> = () => Promise<T>;

/** What every handler is given. `shared/app.ts` makes it; tests make their own. */
export interface Ports extends IdentityPorts {
  readonly runtime: Runtime;
  readonly limits: Limits;
  readonly queue: Lazy<Queue>;
  readonly ledger: Lazy<Ledger>;
  readonly leases: Lazy<Leases>;
  readonly messages: Lazy<Messages>;
  readonly automations: Lazy<Automations>;
  /** Of the installation's transport, or of a named one. */
  readonly pace: (name?: TransportName) => Promise<Pace>;
  readonly breaker: (name?: TransportName) => Promise<Breaker>;
  readonly organisations: Lazy<Organisations>;
  readonly reports: Lazy<Reports>;
  readonly schedules: Lazy<Schedules>;
  readonly calendar: Lazy<Calendar>;
  readonly suppressions: Lazy<Suppressions>;
  readonly events: Lazy<Events>;
  readonly feedback: Lazy<Feedback>;
  readonly alerts: Lazy<Alerts>;
  readonly sns: Lazy<Sns>;
  /** None: the settings do not permit it. */
  readonly sendingSwitch: Lazy<SendingSwitch | undefined>;
  readonly blockLists: Lazy<BlockLists>;
  /** Addresses that somebody else has written down: over TLS, and the public internet only. */
  readonly publicWeb: Lazy<Web>;
  readonly vault: Lazy<Vault>;
  readonly secrets: Lazy<Secrets>;
  readonly sources: Lazy<Sources>;
  readonly attachments: Lazy<Attachments>;
  /** The installation's transport, or the one that an automation names. */
  readonly transport: (name: TransportName | undefined) => Promise<Transport>;
  /** What that transport can prove, without opening it. */
  readonly evidence: (name: TransportName | undefined) => EvidenceKind;
}

/** What a host can do beyond that. */
export interface HostPorts extends Ports {
  /**
   * For a host that has the folder to itself: leases and messages that workers of an earlier life took along
   * are free at once, and the halves of files that they left are removed. Of a store and a queue that other
   * machines share, only time can tell, and nothing is done there.
   */
  readonly takeOver: () => Promise<void>;
}

/** The numbers of the settings that use cases weigh. */
export interface Limits {
  /** The installation's, for automations that name none. */
  readonly transport: TransportName;
  readonly wave: number;
  readonly callTimeoutMs: number;
  readonly leaseMs: number;
  readonly queueWindowMs: number;
  readonly retryWaitsMs: readonly number[];
  readonly inDoubtWaitMs: number;
  /** So long what a client's message says is kept. */
  readonly messageContentMs: number;
  readonly sendRate?: number;
  /** Mails refused in a row, across recipients, that stop a run; 0: never. */
  readonly stopAfterRejected: number;
  /** Where recipients reach this installation. */
  readonly publicUrl?: string;
  /** To which test mails may go besides the domain of their sender. */
  readonly testDomains: readonly string[];
}
