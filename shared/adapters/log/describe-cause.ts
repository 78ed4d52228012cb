import { TankError } from '../../domain/errors.ts';
import type { LogFields } from '../../ports/runtime.ts';
import { redact } from './redact.ts';

/**
 * What may be told of an error. Its message is not among it: drivers quote rows, SQL values and
 * addresses in theirs. Names and codes are the vendor's own words, and frames are places in code.
 */
export interface DescribedCause {
  readonly name: string;
  readonly code?: string;
  readonly facts?: LogFields;
  readonly frames?: readonly string[];
}

/** Deep enough for every wrapper there is, and an end for a chain that bites its tail. */
const DEPTH = 6;

export const describeCause = (thrown: unknown, detail: { frames: boolean }): readonly DescribedCause[] => {
  const chain: DescribedCause[] = [];
  let current = thrown;
  while (current !== undefined && chain.length < DEPTH) {
    chain.push(describeOne(current, detail.frames));
    current = current instanceof Error ? current.cause : undefined;
  }
  return chain;
};

const describeOne = (thrown: unknown, withFrames: boolean): DescribedCause => {
  if (!(thrown instanceof Error)) return { name: `not an error: ${typeof thrown}` };
  const code = codeOf(thrown);
  return {
    name: wordOf(thrown.name) ?? 'Error',
    ...(code !== undefined && { code }),
    ...(thrown instanceof TankError &&
      Object.keys(thrown.facts).length > 0 && { facts: redact(thrown.facts) }),
    ...(withFrames && { frames: framesOf(thrown) }),
  };
};

const codeOf = (error: Error): string | undefined =>
  'code' in error ? wordOf(String(error.code)) : undefined;

/** A code is one word, such as ECONNRESET or ORA-00001; anything longer could be a sentence about somebody. */
const wordOf = (text: string): string | undefined => (/^[\w.-]{1,64}$/.test(text) ? text : undefined);

/** A stack begins with the message, which may have lines of its own that look like frames. */
const framesOf = ({ stack = '', message }: Error): string[] => {
  const start = stack.indexOf(message);
  if (start < 0) return [];
  return stack
    .slice(start + message.length)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^at .*[:)]\d*\)?$/.test(line))
    .map((line) => line.slice('at '.length));
};
