import { Agent, request } from 'node:http';
import type { FuzzAnswer } from './judge.ts';
import type { FuzzRequest } from './requests.ts';

const PATIENCE_MS = 20_000;

/** By node:http, which sends what it is given; fetch would tidy paths and headers up. */
export const createSender = (url: string, connections: number) => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const { hostname, port } = new URL(url);
  const send = (asked: FuzzRequest, token: string | undefined): Promise<FuzzAnswer> =>
    new Promise((resolve, reject) => {
      const startedAt = performance.now();
      const headers = {
        ...asked.headers,
        ...(token && { authorization: `Bearer ${token}` }),
        ...(asked.body && { 'content-length': String(asked.body.length) }),
      };
      const { method, path } = asked;
      const options = { agent, hostname, port, method, path, headers, timeout: PATIENCE_MS };
      const sending = request(options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const body = Buffer.concat(chunks).toString();
          const ms = performance.now() - startedAt;
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body, ms });
        });
      });
      sending.on('error', reject);
      sending.on('timeout', () => sending.destroy(new Error(`no answer within ${PATIENCE_MS} ms`)));
      sending.end(asked.body);
    });
  return { send, close: () => agent.destroy() };
};
