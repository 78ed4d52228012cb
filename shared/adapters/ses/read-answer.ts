import { classifySesError } from '../../domain/classify-ses.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { Answer } from './call.ts';

/** The meaning of an exchange. Only a whole 200 with a message id is an acceptance. */
export const readSendAnswer = (answer: Answer): Outcome => {
  if (answer.kind === 'broken') return classifySesError({ code: answer.code, unsent: answer.unsent });
  const body = parseObject(answer.body);
  if (answer.status === 200) return readAcceptance(body, answer.truncated);
  const name = nameOf(answer.errorType ?? textOf(body, '__type') ?? textOf(body, 'code'));
  const message = textOf(body, 'message') ?? textOf(body, 'Message');
  const outcome = classifySesError({
    httpStatus: answer.status,
    ...(name === undefined ? {} : { name }),
    ...(message === undefined ? {} : { message }),
  });
  return answer.truncated ? withoutMessage(outcome) : outcome;
};

const readAcceptance = (body: object | undefined, truncated: boolean): Outcome => {
  const messageId = textOf(body, 'MessageId');
  if (!truncated && messageId && /^[\x21-\x7e]{1,256}$/.test(messageId))
    return { kind: 'accepted', messageId };
  return { kind: 'doubtful', code: truncated ? 'answer_truncated' : 'no_message_id' };
};

/** A refusal whose words were cut off: certainly not taken, but whose fault it is stood in the words. */
const withoutMessage = (outcome: Outcome): Outcome =>
  outcome.kind === 'rejected' ? { kind: 'temporary', code: outcome.code } : outcome;

/** `x-amzn-errortype: Name:http://…`, `__type: com.amazonaws.ses#Name`. */
const nameOf = (type: string | undefined): string | undefined =>
  type?.split(':')[0]?.split('#').at(-1)?.trim() || undefined;

const parseObject = (text: string): object | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
};

const textOf = (body: object | undefined, field: string): string | undefined => {
  const value: unknown = body && Object.entries(body).find(([name]) => name === field)?.[1];
  return typeof value === 'string' ? value : undefined;
};
