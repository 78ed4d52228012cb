import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { selfSigned } from './self-signed.ts';

interface ArrivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly bytes: Buffer;
  readonly secure: boolean;
  readonly user: string | undefined;
}

export interface Relay {
  readonly url: string;
  readonly ca: string;
  readonly mails: readonly ArrivedMail[];
  stop(): Promise<void>;
}

/** A real SMTP server with TLS and a password, which takes everything. */
export const startRelay = async (
  options: SMTPServerOptions & { certificateFor?: string } = {},
): Promise<Relay> => {
  const { certificateFor, ...rest } = options;
  const { cert, key } = selfSigned(certificateFor);
  const mails: ArrivedMail[] = [];
  const server = new SMTPServer({
    cert,
    key,
    disableReverseLookup: true,
    onAuth: (auth, _session, done) =>
      auth.password === 'p@ss' ? done(null, { user: auth.username }) : done(new Error('Invalid login')),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push({
          from: session.envelope.mailFrom ? session.envelope.mailFrom.address : '',
          to: session.envelope.rcptTo.map(({ address }) => address),
          bytes: Buffer.concat(chunks),
          secure: session.secure,
          user: session.user,
        });
        done();
      });
    },
    ...rest,
  });
  // A client that turns its back on a certificate is what some tests want to see.
  server.on('error', () => {});
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  const scheme = options.secure ? 'smtps' : 'smtp';
  const stop = () => new Promise<void>((done) => server.close(() => done()));
  return { url: `${scheme}://tank:p%40ss@localhost:${port}`, ca: cert, mails, stop };
};

/** What a scripted relay does at a step: reply, hang up, or say nothing. */
export type Act = `${number}${string}` | 'hang up' | 'silence';
export type Step = 'greeting' | 'EHLO' | 'MAIL' | 'RCPT' | 'DATA' | 'in data' | 'dot' | 'RSET';
/** A list is for one occurrence after the other, its last for all further. */
export type Script = Partial<Record<Step, Act | readonly Act[]>>;

const USUAL: Record<Exclude<Step, 'in data'>, Act> = {
  greeting: '220 relay.example.com ESMTP',
  EHLO: '250-relay.example.com\r\n250-SIZE 41943040\r\n250 ENHANCEDSTATUSCODES',
  MAIL: '250 2.1.0 ok',
  RCPT: '250 2.1.5 ok',
  DATA: '354 go on',
  dot: '250 2.0.0 taken',
  RSET: '250 2.0.0 ok',
};

export interface ScriptedRelay {
  readonly url: string;
  /** Mails whose final dot was seen, whatever was answered. */
  readonly taken: readonly string[];
  connections(): number;
  stop(): Promise<void>;
}

/** A relay without TLS that misbehaves exactly as told, each script for one connection and the last for all further. */
export const startScriptedRelay = async (...scripts: readonly Script[]): Promise<ScriptedRelay> => {
  const taken: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    const script = scripts[Math.min(connections, scripts.length - 1)] ?? {};
    connections += 1;
    converse(socket, script, (mail) => taken.push(mail));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  };
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken,
    connections: () => connections,
    stop,
  };
};

const converse = (socket: Socket, script: Script, take: (mail: string) => void): void => {
  let buffered = '';
  let inData = false;
  const occurred = new Map<Step, number>();
  const act = (step: Exclude<Step, 'in data'>) => {
    const acts = [script[step] ?? USUAL[step]].flat();
    const times = occurred.get(step) ?? 0;
    occurred.set(step, times + 1);
    const what = acts[Math.min(times, acts.length - 1)] ?? 'silence';
    if (what === 'hang up') socket.destroy();
    else if (what !== 'silence') socket.write(`${what}\r\n`);
    return what;
  };
  const takePiece = (end: string): string | undefined => {
    const at = buffered.indexOf(end);
    if (at < 0) return undefined;
    const piece = buffered.slice(0, at);
    buffered = buffered.slice(at + end.length);
    return piece;
  };
  const takeMail = () => {
    const mail = script['in data'] === 'hang up' ? void socket.destroy() : takePiece('\r\n.\r\n');
    if (mail === undefined) return false;
    take(mail);
    inData = false;
    act('dot');
    return true;
  };
  const takeCommand = () => {
    const verb = takePiece('\r\n')?.split(' ')[0]?.toUpperCase();
    if (verb === undefined) return false;
    if (verb === 'EHLO' || verb === 'MAIL' || verb === 'RCPT' || verb === 'RSET') act(verb);
    else if (verb === 'DATA') inData = act('DATA').startsWith('354');
    else socket.write(verb === 'QUIT' ? '221 bye\r\n' : '502 5.5.1 not here\r\n');
    return true;
  };
  socket.on('data', (chunk) => {
    buffered += chunk.toString('latin1');
    while (inData ? takeMail() : takeCommand());
  });
  act('greeting');
};
