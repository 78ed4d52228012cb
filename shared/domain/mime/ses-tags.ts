import type { OutgoingMail } from '../mail.ts';

const ATTEMPT_TAG = 'tank-attempt-id';

/** SES allows letters, digits, `_` and `-`, up to 256: anything else becomes `_`. The attempt id cannot be overridden. */
export const toSesTags = (mail: OutgoingMail): ReadonlyMap<string, string> => {
  const safe = (text: string) => text.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 256);
  const tags = new Map([[ATTEMPT_TAG, mail.attemptId]]);
  for (const [name, value] of Object.entries(mail.tags)) {
    if (name !== '' && value !== '' && !tags.has(safe(name))) tags.set(safe(name), safe(value));
  }
  return tags;
};
