import { PAUSE_REASONS } from '../../domain/pause-policy.ts';
import type { Database } from '../../ports/database.ts';
import type { Feedback } from '../../ports/feedback.ts';
import type { Dialect } from './dialect.ts';
import { number, placeholders } from './ledger/context.ts';

type SwitchMemory = Pick<Feedback, 'switchDue' | 'rememberSwitch' | 'isSwitchedOff'>;

/** There is one account, and so one switch. */
const ID = 'account';

export const createSwitchMemory = (database: Database, dialect: Dialect): SwitchMemory => {
  const isOff = async (): Promise<boolean> => {
    const [row] = await database.all('SELECT is_off FROM sending_switch WHERE id = ?', [ID]);
    return row !== undefined && number(row.is_off) === 1;
  };

  const wanted = async (settledMs: number): Promise<'on' | 'off' | undefined> => {
    const [row] = await database.all(
      `SELECT COUNT(*) AS standing, SUM(CASE WHEN created_at <= ${dialect.now} - ? THEN 1 ELSE 0 END) AS settled
       FROM hold WHERE scope = 'account' AND author = 'tank' AND lifted_at IS NULL
         AND reason IN (${placeholders(PAUSE_REASONS.length)})`,
      [settledMs, ...PAUSE_REASONS],
    );
    if (number(row?.standing) === 0) return 'on';
    return number(row?.settled) > 0 ? 'off' : undefined;
  };

  const mayTry = async (retryMs: number): Promise<boolean> => {
    await database.run(insertSql(dialect), [ID]);
    const sql = `UPDATE sending_switch SET tried_at = ${dialect.now} WHERE id = ? AND tried_at <= ${dialect.now} - ?`;
    return (await database.run(sql, [ID, retryMs])) === 1;
  };

  return {
    isSwitchedOff: isOff,

    switchDue: async ({ settledMs, retryMs }) => {
      const [to, off] = await Promise.all([wanted(settledMs), isOff()]);
      if (to === undefined || off === (to === 'off')) return undefined;
      return (await mayTry(retryMs)) ? to : undefined;
    },

    rememberSwitch: async (turned) => {
      await database.run(insertSql(dialect), [ID]);
      await database.run(`UPDATE sending_switch SET is_off = ?, tried_at = ${dialect.now} WHERE id = ?`, [
        turned === 'off' ? 1 : 0,
        ID,
      ]);
    },
  };
};

const insertSql = (dialect: Dialect): string =>
  dialect.upsert({
    table: 'sending_switch',
    key: ['id'],
    keep: ['is_off', 'tried_at'],
    replace: [],
    select: 'SELECT ? AS id, 0 AS is_off, 0 AS tried_at WHERE 1 = 1',
  });
