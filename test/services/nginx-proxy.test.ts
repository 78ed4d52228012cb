import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../local/setup/build.mjs';
import {
  json,
  type Machine,
  newMachine,
  type Started,
  scrapMachines,
  startTank,
  tank,
} from '../support/tank.ts';

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await once(server.close(), 'close');
  return typeof address === 'object' && address ? address.port : 0;
};

/** As the manual of nginx writes it: what a caller claims stays, and nginx adds whom it sees. */
const CONFIG = (folder: string, port: number, daemon: string) => `
daemon off; worker_processes 1; pid ${folder}/pid; error_log stderr error;
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/f;
  uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass ${daemon}; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; }
  }
}`;

/** Signs in wrongly from an address of loopback that is the caller's own, and claims to be others. */
const knock = (url: string, from: string, headers: Record<string, string>): Promise<number> =>
  new Promise((resolve, reject) => {
    const options = {
      method: 'POST',
      localAddress: from,
      headers: { 'content-type': 'application/json', ...headers },
    };
    request(`${url}/api/v1/auth/login`, options, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    })
      .on('error', reject)
      .end(JSON.stringify({ name: 'nobody-of-this-name', password: 'wrong' }));
  });

describe.each([
  // The caller is 127.0.0.9, which is no proxy of ours: only 127.0.0.1, where nginx comes from, is.
  { what: 'that is trusted', proxies: { TANK_TRUSTED_PROXIES: '127.0.0.1' }, seen: '127.0.0.9' },
  { what: 'that is not', proxies: {}, seen: '127.0.0.1' },
])('behind an nginx $what', ({ proxies, seen }) => {
  let machine: Machine;
  let daemon: Started;
  let nginx: ChildProcess;
  let url: string;
  const folder = mkdtempSync(join(tmpdir(), 'tank-nginx-'));

  beforeAll(async () => {
    await ensureBuilt();
    machine = await newMachine({ TANK_LIMIT_LOGIN: '1000', ...proxies });
    daemon = await startTank(machine, ['serve']);
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    writeFileSync(join(folder, 'nginx.conf'), CONFIG(folder, port, daemon.url));
    nginx = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: 'inherit' });
    for (
      let tries = 0;
      tries < 100 &&
      !(await fetch(`${url}/health`).then(
        (r) => r.ok,
        () => false,
      ));
      tries += 1
    )
      await sleep(50);
  });
  afterAll(async () => {
    nginx.kill('SIGTERM');
    await scrapMachines();
    rmSync(folder, { recursive: true, force: true });
  });

  it('nobody makes up an address', async () => {
    const claims: Record<string, string>[] = [
      {},
      { 'x-forwarded-for': '203.0.113.7' },
      { 'x-forwarded-for': '203.0.113.7, 127.0.0.1' },
      { 'x-forwarded-for': '127.0.0.1' },
      { 'x-forwarded-for': ' , ,"' },
      { 'cf-connecting-ip': '203.0.113.7' },
      { 'x-real-ip': '203.0.113.7', forwarded: 'for=203.0.113.7', 'true-client-ip': '203.0.113.7' },
    ];
    for (const headers of claims) expect(await knock(url, '127.0.0.9', headers)).toBe(401);
    const { items } = json<{ items: { address: string }[] }>(
      await tank(machine, ['audit', 'list', '--event', 'sign-in.refused', '--json']),
    );
    expect(items.map(({ address }) => address)).toEqual(claims.slice(0, items.length).map(() => seen));
    expect(items.length).toBeGreaterThanOrEqual(5);
  });

  it('nobody makes up an address by going past it', async () => {
    await knock(daemon.url, '127.0.0.8', { 'x-forwarded-for': '203.0.113.7' });
    const { items } = json<{ items: { address: string }[] }>(
      await tank(machine, ['audit', 'list', '--event', 'sign-in.refused', '--json']),
    );
    expect(items[0]?.address).toBe('127.0.0.8');
  });
});
