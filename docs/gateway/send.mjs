// node send.mjs <url> <client.crt> <client.key> <ca.crt> <to>
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';

const [, , url, cert, key, ca, to] = process.argv;
// One agent for the life of the program: the handshake is done once for many mails.
const agent = new Agent({
  keepAlive: true,
  cert: readFileSync(cert),
  key: readFileSync(key),
  ca: readFileSync(ca),
});

const send = (message, idempotencyKey) =>
  new Promise((resolve, reject) => {
    const body = JSON.stringify(message);
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'idempotency-key': idempotencyKey,
    };
    const sent = request(`${url}/api/v1/messages`, { method: 'POST', agent, headers }, (reply) => {
      let text = '';
      reply.on('data', (chunk) => {
        text += chunk;
      });
      reply.on('end', () => resolve({ status: reply.statusCode, ...JSON.parse(text) }));
    });
    // No answer: ask again with the same key, and it is the same mail.
    sent.on('error', reject);
    sent.end(body);
  });

const message = { from: 'billing@example.com', to, subject: 'Node', text: 'Sent by Node.' };
console.log(JSON.stringify(await send(message, randomUUID())));
agent.destroy();
