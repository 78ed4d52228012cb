import { randomInt } from 'node:crypto';

const TIME_CHARACTERS = 9;
const RANDOM_CHARACTERS = 11;
const BASE = 36;

/** Ordered by time to the millisecond, then random: 57 bits, so that two machines do not meet. */
export const newId = (now: number): string =>
  now.toString(BASE).padStart(TIME_CHARACTERS, '0') +
  Array.from({ length: RANDOM_CHARACTERS }, () => randomInt(BASE).toString(BASE)).join('');
