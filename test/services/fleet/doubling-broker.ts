import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Between the daemons and their broker: every message that is sent comes to lie there so many times. */
export interface DoublingBroker {
  readonly endpoint: string;
  stop(): Promise<void>;
}

export const doubleMessages = async (broker: string, copies: number): Promise<DoublingBroker> => {
  const server = createServer((request, response) => {
    forward(request, response, { broker, copies }).catch(() => response.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
};

interface Way {
  readonly broker: string;
  readonly copies: number;
}

const forward = async (request: IncomingMessage, response: ServerResponse, { broker, copies }: Way) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const target = String(request.headers['x-amz-target'] ?? '');
  const ask = () =>
    fetch(broker + (request.url ?? '/'), {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target },
      body: Buffer.concat(chunks),
    });
  const times = target.endsWith('SendMessageBatch') ? copies : 1;
  const answers = await Promise.all(Array.from({ length: times }, ask));
  const [answer] = answers;
  const bodies = await Promise.all(answers.map((one) => one.arrayBuffer()));
  response.writeHead(answer?.status ?? 500, {
    'content-type': answer?.headers.get('content-type') ?? 'application/x-amz-json-1.0',
  });
  response.end(Buffer.from(bodies[0] ?? new ArrayBuffer(0)));
};
