import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Audit } from '../../shared/ports/audit.ts';
import type { Runtime } from '../../shared/ports/runtime.ts';

/** One entry a minute for each address and reason: whoever knocks all day must not fill the record. */
const QUIET_MS = 60_000;
const KEPT = 1_000;
/** No certificate, or a version and a cipher that we do not speak; other faults of a handshake are noise of the network. */
const TELLING =
  /^ERR_SSL_(PEER_DID_NOT_RETURN_A_CERTIFICATE|UNSUPPORTED_PROTOCOL|NO_SHARED_CIPHER|.*SIGNATURE.*)$/;

/** Handshakes that failed, with the reason of the library that judged them: CERT_REVOKED, INVALID_PURPOSE … */
export const recordRefusals = (
  server: Server,
  { audit, runtime }: { readonly audit: () => Promise<Audit>; readonly runtime: Runtime },
): void => {
  const told = new Map<string, number>();
  const isNews = (key: string): boolean => {
    const now = runtime.clock.monotonic();
    if (now - (told.get(key) ?? Number.NEGATIVE_INFINITY) < QUIET_MS) return false;
    const [oldest] = told.keys();
    if (told.size >= KEPT && oldest !== undefined) told.delete(oldest);
    told.set(key, now);
    return true;
  };
  // Asked for while it is open, a socket remembers it; afterwards nobody can tell.
  server.on('connection', (socket: Socket) => void socket.remoteAddress);
  server.on('tlsClientError', (fault: NodeJS.ErrnoException, socket: TLSSocket) => {
    const reason = reasonOf(fault, socket);
    const address = addressOf(socket);
    const wasJudged = socket.authorizationError != null;
    if (!(wasJudged || TELLING.test(reason)) || !isNews(`${address}|${reason}`)) return;
    const requestId = runtime.id();
    runtime.log.warn('certificate_refused', { requestId, reason });
    audit()
      .then((record) =>
        record.write({
          event: 'certificate.refused',
          outcome: 'refused',
          actor: 'nobody',
          address,
          requestId,
          facts: { reason },
        }),
      )
      .catch((thrown: unknown) => runtime.log.error('audit_unavailable', { requestId }, thrown));
  });
};

/** What the verification said; it is undocumented that the error stays there as text after the socket is gone. */
const reasonOf = (fault: NodeJS.ErrnoException, { authorizationError }: TLSSocket): string =>
  String(authorizationError ?? fault.code ?? 'unknown').toUpperCase();

const addressOf = (socket: TLSSocket): string => {
  const parent: unknown = Reflect.get(socket, '_parent');
  const address = socket.remoteAddress ?? (parent as Partial<Socket> | undefined)?.remoteAddress ?? '';
  return address.replace(/^::ffff:(?=\d+\.)/, '');
};
