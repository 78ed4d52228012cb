import type { FunctionEntry } from '../functions/manifest.ts';
import type { Settings } from '../shared/config/load.ts';
import type { HostPorts } from '../shared/ports/ports.ts';
import type { GatewayFiles } from './gateway/trust.ts';
import type { HttpLimits } from './http-door/limits.ts';
import type { HttpDoor } from './http-door.ts';
import type { InFlight } from './in-flight.ts';
import type { QueueTimes } from './queue-door/options.ts';
import type { TakingDoor } from './queue-door.ts';
import type { WorkerMetrics } from './worker-metrics.ts';
import type { HostStatus } from './worker-port.ts';

/** api: the HTTP door · worker: queues, schedules and the worker port · all: both. */
export type DaemonRole = 'api' | 'worker' | 'all';

export interface DaemonOptions {
  readonly settings: Pick<Settings, 'dataDir' | 'http' | 'workerPort' | 'sendWorkers' | 'awsRegion'> &
    Partial<Pick<Settings, 'access'>>;
  readonly ports: Pick<HostPorts, 'runtime' | 'queue' | 'takeOver'>;
  readonly role: DaemonRole;
  readonly manifest: readonly FunctionEntry[];
  readonly limits?: Partial<HttpLimits>;
  readonly queueTimes?: Partial<QueueTimes>;
  /** Where other systems send mails; none: the installation has no certificates for it. */
  readonly gateway?: GatewayOptions;
  /** How long a stop waits for work that is under way. */
  readonly graceMs?: number;
}

export interface GatewayOptions extends Pick<HostPorts, 'audit' | 'alerts'> {
  readonly host: string;
  readonly port: number;
  readonly files: GatewayFiles;
}

/** What is open so far. */
export interface Host {
  readonly inFlight: InFlight;
  readonly taking: TakingDoor[];
  readonly listeners: { api?: HttpDoor; worker?: HttpDoor; gateway?: HttpDoor };
  readonly status: () => HostStatus;
  readonly metrics: WorkerMetrics | undefined;
}
