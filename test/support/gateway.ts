import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { type Machine, tank } from './tank.ts';

export interface GatewayAnswer {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
}

export interface Bundle {
  readonly folder: string;
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  readonly url: string;
}

const PASSPHRASE = 'seven lanterns on the river\n';

const must = async (machine: Machine, ...args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await tank(machine, args);
  if (code !== 0) throw new Error(`tank ${args.join(' ')}: ${stderr}`);
  return stdout;
};

/** The authority, the gateway's own certificate, and one client with a bundle: as an administrator makes them. */
export const layOutGateway = async (machine: Machine, limits: readonly string[] = []): Promise<Bundle> => {
  const passphrase = join(machine.folder, 'passphrase');
  writeFileSync(passphrase, PASSPHRASE, { mode: 0o600 });
  const signing = ['--passphrase-file', passphrase];
  await must(machine, 'certs', 'init-ca', ...signing);
  await must(machine, 'certs', 'server', ...signing);
  const client = [
    '--organisation',
    'retail',
    '--sender',
    'billing@example.com',
    '--recipient',
    '@example.com',
  ];
  const large = ['--per-minute', '1000000', '--per-day', '100000000'];
  await must(machine, 'clients', 'add', 'billing', ...client, ...large, ...limits);
  const folder = join(machine.folder, 'bundle');
  await must(machine, 'certs', 'client', 'billing', ...signing, '--out', folder);
  return {
    folder,
    cert: join(folder, 'billing.crt'),
    key: join(folder, 'billing.key'),
    ca: join(folder, 'tank-ca.crt'),
    url: `https://127.0.0.1:${machine.settings.TANK_GATEWAY_PORT}`,
  };
};

export interface GatewayClient {
  post(body: unknown, headers?: Readonly<Record<string, string>>): Promise<GatewayAnswer>;
  get(id: string): Promise<GatewayAnswer>;
  close(): void;
}

/** Over connections that are kept; what the gateway does not answer is an error. */
export const gatewayClient = ({ cert, key, ca, url }: Bundle, connections = 8): GatewayClient => {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: connections,
    cert: readFileSync(cert),
    key: readFileSync(key),
    ca: readFileSync(ca),
  });
  const ask = (method: string, path: string, body?: string, headers: Readonly<Record<string, string>> = {}) =>
    new Promise<GatewayAnswer>((resolve, reject) => {
      const sent = request(
        `${url}${path}`,
        { method, agent, headers: { 'content-type': 'application/json', ...headers } },
        (reply) => {
          let text = '';
          reply.on('data', (chunk) => {
            text += chunk;
          });
          reply.on('end', () =>
            resolve({ status: reply.statusCode ?? 0, json: text ? JSON.parse(text) : {} }),
          );
          reply.on('error', reject);
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  return {
    post: (body, headers) =>
      ask('POST', '/api/v1/messages', typeof body === 'string' ? body : JSON.stringify(body), headers),
    get: (id) => ask('GET', `/api/v1/messages/${id}`),
    close: () => agent.destroy(),
  };
};
