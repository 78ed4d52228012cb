import type { SourceReport } from '../../../ports/source.ts';
import type { Session } from './session.ts';
import { IDENTITY, ROLES, SYSTEM_RIGHTS, TABLE_RIGHTS } from './statements.ts';

/** Whatever else an account may do to the database as a whole is more than Tank needs: DDL, ANY, administration. */
const HARMLESS_SYSTEM = ['CREATE SESSION', 'ALTER SESSION', 'SET CONTAINER', 'UNLIMITED TABLESPACE'];
const NEEDED = ['SELECT', 'READ', 'UPDATE'];
const MIGHTY_ROLES =
  /^(DBA|CDB_DBA|PDB_DBA|SYS.*|.*_FULL_DATABASE|SELECT_CATALOG_ROLE|EXECUTE_CATALOG_ROLE|JAVA.*PRIV|SCHEDULER_ADMIN)$/;

export const report = async (session: Session): Promise<SourceReport> => {
  const identity = await session.query(IDENTITY);
  const system = column(await session.query(SYSTEM_RIGHTS));
  const roles = column(await session.query(ROLES));
  const tables = (await session.query(TABLE_RIGHTS)).rows.map(([right, count, some]) => ({
    right: String(right),
    on: `${String(some)}${Number(count) > 1 ? ` and ${Number(count) - 1} more` : ''}`,
  }));
  const [user, protocol] = identity.rows[0] ?? [];
  return {
    product: 'Oracle Database',
    version: session.connection.oracleServerVersionString ?? '',
    user: String(user),
    encrypted: protocol === 'tcps',
    privileges: [...new Set([...tables.map(({ right }) => right), ...system])],
    tooMighty: [
      ...roles.filter((role) => MIGHTY_ROLES.test(role)).map((role) => `role ${role}`),
      ...system.filter((right) => !HARMLESS_SYSTEM.includes(right)),
      ...tables.filter(({ right }) => !NEEDED.includes(right)).map(({ right, on }) => `${right} on ${on}`),
    ],
  };
};

const column = ({ rows }: { readonly rows: readonly (readonly unknown[])[] }): readonly string[] =>
  rows.map(([value]) => String(value));
