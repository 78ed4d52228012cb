import { once } from 'node:events';
import type { Server } from 'node:http';
import { StartFault } from './start-fault.ts';

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** The settings that a person would change. */
  readonly portKey: string;
  readonly hostKey: string;
}

/** The port that it listens on. */
export const listen = async (server: Server, options: ListenOptions): Promise<number> => {
  try {
    server.listen(options.port, options.host);
    await once(server, 'listening');
  } catch (cause) {
    throw faultOf(cause, options);
  }
  const address = server.address();
  return typeof address === 'object' && address ? address.port : options.port;
};

const faultOf = (cause: unknown, { host, port, portKey, hostKey }: ListenOptions): unknown => {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return new StartFault({
        key: portKey,
        problem: `is ${port}, and another program already listens there`,
        mend: `End that program, or set ${portKey} to a free port.`,
        cause,
      });
    case 'EACCES':
      return new StartFault({
        key: portKey,
        problem: `is ${port}, and this user may not listen there`,
        mend: `Set ${portKey} to a port from 1024 on, or grant the right to low ports.`,
        cause,
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new StartFault({
        key: hostKey,
        problem: `is "${host}", which is no address of this machine`,
        mend: `Set ${hostKey} to 127.0.0.1, 0.0.0.0 or an address of this machine.`,
        cause,
      });
    default:
      return cause;
  }
};

/** As it is written in an address: IPv6 in brackets, "any" as loopback. */
export const toUrl = (host: string, port: number): string => {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
};
