import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { Peer } from '../http-door/event.ts';

const known = new WeakMap<TLSSocket, Peer>();

/** The verified certificate of the connection, in the words of API Gateway; of headers nothing is read. */
export const peerOfTls = (request: IncomingMessage): Peer => {
  const { socket } = request;
  if (!(socket instanceof TLSSocket) || !socket.authorized) throw new Error('the peer is not verified');
  const peer = known.get(socket) ?? readPeer(socket);
  known.set(socket, peer);
  return peer;
};

const readPeer = (socket: TLSSocket): Peer => {
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) throw new Error('the peer has shown no certificate');
  return {
    sourceIp: (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, ''),
    clientCert: {
      clientCertPem: certificate.toString(),
      subjectDN: oneLine(certificate.subject),
      issuerDN: oneLine(certificate.issuer),
      serialNumber: (certificate.serialNumber.toLowerCase().match(/../g) ?? []).join(':'),
      validity: { notBefore: certificate.validFrom, notAfter: certificate.validTo },
    },
  };
};

const oneLine = (name: string | undefined): string => (name ?? '').replaceAll('\n', ',');
