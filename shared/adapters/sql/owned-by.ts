import type { SqlValue } from '../../ports/database.ts';
import { placeholders } from './ledger/context.ts';

/** The condition that confines a query to organisations; undefined: to none in particular. */
export const ownedBy = (
  column: string,
  organisations: readonly string[] | undefined,
): { readonly where: string; readonly values: readonly SqlValue[] } => {
  if (organisations === undefined) return { where: '1 = 1', values: [] };
  if (organisations.length === 0) return { where: '1 = 0', values: [] };
  return { where: `${column} IN (${placeholders(organisations.length)})`, values: organisations };
};
