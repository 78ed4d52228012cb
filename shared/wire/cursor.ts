import { z } from 'zod';
import { said } from '../domain/form-faults.ts';

/** Opaque to callers, so that what a page goes on from may change without breaking them. */
export const toCursor = (position: string): string => Buffer.from(`1${position}`).toString('base64url');

const positionOf = (cursor: string): string | undefined => {
  const text = Buffer.from(cursor, 'base64url').toString();
  return toCursor(text.slice(1)) === cursor ? text.slice(1) : undefined;
};

/** The cursor of the page before; its output is the position behind which the next page begins. */
export const Cursor = z
  .string()
  .max(400)
  .refine((text) => positionOf(text) !== undefined, said('cursor_changed'))
  .overwrite((text) => positionOf(text) ?? '');

export const nextCursor = (items: readonly { readonly id: string }[], limit: number): string | null => {
  const last = items.length === limit ? items.at(-1) : undefined;
  return last ? toCursor(last.id) : null;
};
