import { InvalidArgumentError } from 'commander';

/** An option's value as a number from 1 on. */
export const wholeNumber = (text: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Give a whole number from 1 on.');
  return Number(text);
};
