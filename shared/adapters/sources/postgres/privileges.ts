import type { SourceReport } from '../../../ports/source.ts';
import { type Session, within } from './session.ts';
import { beginRead, IDENTITY, PLACE_RIGHTS, ROLE_RIGHTS, TABLE_RIGHTS } from './statements.ts';
import type { ArrayRow } from './types.ts';

/** SELECT for the queries, UPDATE for the sent flag; anything else Tank neither needs nor wants. */
const NEEDED = ['SELECT', 'UPDATE'];

export const report = async (session: Session, timeoutMs: number): Promise<SourceReport> => {
  const [identity, roles, places, tables] = await within(session, beginRead(timeoutMs), (ask) => [
    ask(IDENTITY),
    ask(ROLE_RIGHTS),
    ask(PLACE_RIGHTS),
    ask(TABLE_RIGHTS),
  ]);
  const [user, version, encrypted] = identity?.rows[0] ?? [];
  const rights = (tables?.rows ?? []).map((row) => ({ privilege: String(row[0]), on: placesOf(row) }));
  return {
    product: 'PostgreSQL',
    version: String(version),
    user: String(user),
    encrypted: encrypted === true,
    privileges: rights.map((right) => right.privilege),
    tooMighty: [
      ...[...(roles?.rows ?? []), ...(places?.rows ?? [])].map(([privilege]) => String(privilege)),
      ...rights
        .filter((right) => !NEEDED.includes(right.privilege))
        .map((right) => `${right.privilege} on ${right.on}`),
    ],
  };
};

const placesOf = ([, tables, some]: ArrayRow): string => {
  const names = String(some).replace(/[{}"]/g, '').split(',');
  const more = Number(tables) - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};
