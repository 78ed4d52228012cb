/** An automation as it is stored and run: every default filled in. `wire/automation.ts` reads the YAML form into it. */
export type SourceKind = 'oracle' | 'postgres' | 'sqlite' | 'csv';

export interface SourceSpec {
  readonly name: string;
  readonly kind: SourceKind;
  readonly url: string;
  /** Name in the secret store of user and password. */
  readonly secret?: string;
  readonly encoding?: string;
  readonly delimiter?: string;
  /** Why its account may keep more rights than Tank needs; none: such an account is refused. */
  readonly waiver?: string;
}

export type MappingType = 'simple' | 'list' | 'text';

export interface MappingSpec {
  readonly name: string;
  readonly type: MappingType;
  readonly query: string;
}

export type Recurrence =
  | { readonly kind: 'new' }
  | { readonly kind: 'all' }
  | { readonly kind: 'once-per'; readonly days: number };

export interface RecipientsSpec {
  readonly target: string;
  readonly key: string;
  readonly email: string;
  readonly keyPattern?: string;
  readonly recurrence: Recurrence;
}

export interface MailSpec {
  readonly from: string;
  readonly replyTo?: string;
  readonly returnPath?: string;
  readonly subject: string;
  readonly html: string;
  readonly advertising: boolean;
  readonly unsubscribe: boolean;
}

/** Whether its recipient may stop this mail without stopping every other: a statement is not advertising. */
export const mayBeDeclined = ({ advertising, unsubscribe }: MailSpec): boolean => advertising || unsubscribe;

/** unnamed: no column of the row names a file. */
export const ATTACHMENT_FAULTS = ['unnamed', 'notFound', 'duplicated', 'invalid', 'wrongOwner'] as const;
export type AttachmentFault = (typeof ATTACHMENT_FAULTS)[number];
export type FaultPolicy = 'skip' | 'stop' | 'send';

export interface AttachmentsSpec {
  /** `{root}` and date patterns such as `{yyyyMMdd}`, filled from the run's business date. */
  readonly folder: string;
  readonly columns: readonly string[];
  /** For example `{CUST_ID}`: a delimited token of the file name must equal it. */
  readonly owner?: string;
  readonly faults: Readonly<Record<AttachmentFault, FaultPolicy>>;
}

export interface ScheduleSpec {
  readonly when:
    | { readonly kind: 'realtime' }
    | { readonly kind: 'daily'; readonly at: string }
    | { readonly kind: 'weekly'; readonly day: Weekday; readonly at: string }
    | { readonly kind: 'monthly'; readonly day: number; readonly at: string }
    | { readonly kind: 'once'; readonly at: string }
    | { readonly kind: 'cron'; readonly expression: string };
  readonly zone: string;
  readonly window?: { readonly from: string; readonly to: string };
  readonly holidays: 'send' | 'skip' | 'before' | 'after';
  readonly missed: 'skip' | 'once';
}

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

export interface AutomationSpec {
  readonly name: string;
  readonly organisation: string;
  readonly source: string;
  readonly recipients: RecipientsSpec;
  readonly mappings: readonly MappingSpec[];
  readonly writeBack?: string;
  readonly mail: MailSpec;
  /** None: the installation's. */
  readonly transport?: TransportName;
  readonly attachments?: AttachmentsSpec;
  readonly inDoubt: 'hold' | 'resend';
  readonly schedule?: ScheduleSpec;
  readonly approval?: { readonly above: number };
  /** External lists without whose fresh copy nothing is sent. */
  readonly blockLists?: readonly string[];
  readonly canary?: { readonly first: number; readonly waitSeconds: number };
}

export const TRANSPORTS = ['outbox', 'ses', 'smtp'] as const;
export type TransportName = (typeof TRANSPORTS)[number];

/** The zone in which an automation without a schedule reads its business date. */
export const DEFAULT_ZONE = 'Asia/Seoul';
