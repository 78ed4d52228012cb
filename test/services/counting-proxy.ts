import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

/** Between a client and its server: how often the client has asked and then waited for an answer. */
export interface CountingProxy {
  readonly port: number;
  /** Round trips since the last call. */
  taken(): number;
  stop(): Promise<void>;
}

export const startCountingProxy = async (to: number): Promise<CountingProxy> => {
  let trips = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(to, 'localhost');
    let waits = false;
    client.setNoDelay(true);
    upstream.setNoDelay(true);
    client.on('data', (bytes) => {
      if (!waits) trips += 1;
      waits = true;
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      waits = false;
      client.write(bytes);
    });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => [client, upstream].forEach((one) => void one.destroy()));
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    port: (server.address() as AddressInfo).port,
    taken: () => {
      const counted = trips;
      trips = 0;
      return counted;
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
};
