/**
 * Ids tell where they belong, so that a bare attempt id, coming back in an event after months, finds its
 * send without a table of attempts: run `r`, batch `r-b3`, send `r-00000042`, its second call `r-00000042-2`.
 */
/** Fixed, so that the order of the text is the order of the rows. */
const SEQUENCE_DIGITS = 8;

export const batchId = (runId: string, number: number): string => `${runId}-b${number}`;
export const sendId = (runId: string, sequence: number): string =>
  `${runId}-${String(sequence).padStart(SEQUENCE_DIGITS, '0')}`;
export const attemptId = (send: string, call: number): string => `${send}-${call}`;

export interface AttemptParts {
  readonly runId: string;
  readonly sendId: string;
  readonly call: number;
}

const ATTEMPT = /^(([0-9a-z]{1,32})-\d{1,12})-(\d{1,6})$/;

export const parseAttemptId = (text: string): AttemptParts | undefined => {
  const [, send, run, call] = ATTEMPT.exec(text) ?? [];
  return send && run ? { runId: run, sendId: send, call: Number(call) } : undefined;
};

/** The purpose under which attempt ids are hashed: whoever has one mail of a run can name every attempt of it. */
export const ATTEMPT_PROOF = 'attempt';
