import type { SESv2Client } from '@aws-sdk/client-sesv2';
import { classifySesError } from '../../domain/classify-ses.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { FreshSockets } from './fresh-sockets.ts';
import type { SendEmailFields } from './request.ts';

export type StockSend = (fields: SendEmailFields, data: Uint8Array, signal: AbortSignal) => Promise<Outcome>;

/** SendEmail through the SDK's own client; the way back, should the lean one ever be in doubt itself. */
export const stockSend = async (client: SESv2Client, sockets: FreshSockets): Promise<StockSend> => {
  const { SendEmailCommand } = await import('@aws-sdk/client-sesv2');
  return async (fields, data, signal) => {
    if (signal.aborted) return { kind: 'unreached', code: 'AbortError' };
    sockets.dropStale();
    try {
      const command = new SendEmailCommand({ ...fields, Content: { Raw: { Data: data } } });
      const { MessageId: messageId } = await client.send(command, { abortSignal: signal });
      return messageId ? { kind: 'accepted', messageId } : { kind: 'doubtful', code: 'no_message_id' };
    } catch (fault) {
      return classifySesError(failureOf(fault));
    }
  };
};

/** The SDK throws its exceptions, Node's errors and its own parse errors; all carry a part of the truth. */
const failureOf = (fault: unknown) => {
  if (!(fault instanceof Error)) return {};
  const { code, syscall, $metadata } = fault as Error & {
    readonly code?: unknown;
    readonly syscall?: unknown;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode;
  return {
    name: fault.name,
    message: fault.message,
    ...(status === undefined ? {} : { httpStatus: status }),
    ...(typeof code === 'string' ? { code } : {}),
    ...(syscall === 'connect' || syscall === 'getaddrinfo' ? { unsent: true } : {}),
  };
};
