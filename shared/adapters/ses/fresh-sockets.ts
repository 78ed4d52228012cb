import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../ports/runtime.ts';

/** A peer, or a firewall, may have forgotten a socket that rested longer; writing to it would make a false doubt. */
const MAX_IDLE_MS = 3_000;
/** Free sockets are looked through at most so often: it costs on every call otherwise. */
const SWEEP_MS = 250;

export interface FreshSockets {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
  /** To be called before each request. */
  dropStale(): void;
  close(): void;
}

/** Keep-alive agents whose idle sockets are dropped by wall clock, so that a frozen and thawed process drops them too. */
export const openFreshSockets = (maxSockets: number, clock: Clock): FreshSockets => {
  const options = { keepAlive: true, maxSockets, maxFreeSockets: maxSockets, scheduling: 'lifo' } as const;
  const agents = [new HttpAgent(options), new HttpsAgent(options)] as const;
  const freedAt = new WeakMap<Duplex, number>();
  for (const agent of agents) agent.on('free', (socket: Duplex) => freedAt.set(socket, clock.now()));
  let sweptAt = clock.now();
  const isRecent = (then: number | undefined, ms: number) =>
    then !== undefined && Math.abs(clock.now() - then) < ms;
  const dropStale = () => {
    if (isRecent(sweptAt, SWEEP_MS)) return;
    sweptAt = clock.now();
    for (const socket of agents.flatMap((agent) => Object.values(agent.freeSockets).flat())) {
      if (socket && !isRecent(freedAt.get(socket), MAX_IDLE_MS)) socket.destroy();
    }
  };
  const close = () => {
    for (const agent of agents) agent.destroy();
  };
  return { httpAgent: agents[0], httpsAgent: agents[1], dropStale, close };
};
