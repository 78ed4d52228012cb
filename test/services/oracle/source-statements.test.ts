import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { planBinds } from '../../../shared/adapters/sources/bind-plan.ts';
import * as statements from '../../../shared/adapters/sources/oracle/statements.ts';
import { guardSelect } from '../../../shared/domain/query-guard/guard-select.ts';
import { guardUpdate } from '../../../shared/domain/query-guard/guard-update.ts';
import { oracleFaults } from './read-oracle.ts';

/** Queries as operators write them. */
const QUERIES = [
  `SELECT CUST_ID, EMAIL_ADDR, ATTACH_FILE FROM CUSTOMER WHERE STATUS = 'ACTIVE'`,
  `SELECT c.CUST_ID, c.EMAIL_ADDR FROM CUSTOMER c JOIN CONSENT s ON s.CUST_ID = c.CUST_ID WHERE s.GIVEN = 'Y' ORDER BY c.CUST_ID -- the last line`,
  `WITH latest AS (SELECT CUST_ID, MAX(DAY) AS DAY FROM BALANCE GROUP BY CUST_ID) SELECT CUST_ID, DAY FROM latest;`,
  `SELECT q'[it's; DELETE]' AS NOTE, DBMS_LOB.SUBSTR(BODY, 10) AS BEGINNING FROM NOTICE WHERE CUST_ID = ?`,
  `SELECT PRODUCT_NAME, PRICE FROM PRODUCT WHERE CUST_ID = :CUST_ID AND TEAM = :TEAM ORDER BY PRICE DESC`,
];
const UPDATES = [
  `UPDATE CUSTOMER SET SEND_YN = 'Y' WHERE CUST_ID = :CUST_ID`,
  `UPDATE CUSTOMER c SET c.SENT_AT = SYSDATE WHERE c.CUST_ID = ? AND c.SEND_YN = 'N'`,
];

const { asQuery, bindColumn, bindSign, mapMany, targetAfter, targetFromStart, ...rest } = statements;
const constants = Object.values(rest);

const around = (query: string): readonly string[] => {
  const single = planBinds(query, 'oracle', bindSign);
  return [
    asQuery(single.sql),
    targetFromStart(single.sql, 'CUST_ID'),
    targetAfter(single.sql, 'CUST_ID'),
    mapMany(planBinds(query, 'oracle', bindColumn).sql, Math.max(1, single.names.length)),
  ];
};

/** A pseudo-column may be read, though nothing may have its name; the reading refuses both. */
const withoutPseudo = (sql: string): string => sql.replaceAll('SELECT ROWNUM AS', 'SELECT ROW_NUMBER_OF AS');

const faulty = (all: readonly string[]) => {
  const faults = oracleFaults(all.map(withoutPseudo));
  return all.flatMap((sql, i) => (faults[i] ? [{ fault: faults[i], sql }] : []));
};

describe('what an Oracle source is asked, read by an outside parser', () => {
  it('is understood where Tank writes it by itself', () => {
    expect(constants.length).toBeGreaterThan(5);
    // It names neither ALTER SESSION nor the read-only transaction; the rest it must know.
    const known = constants.filter((sql) => !/^(ALTER SESSION|SET TRANSACTION)/.test(sql));
    expect(faulty(known)).toEqual([]);
  });

  it.each(QUERIES)('is understood around the query %s', (query) => {
    expect(guardSelect(query, 'oracle')).toMatchObject({ ok: true });
    expect(faulty(around(query))).toEqual([]);
  });

  it.each(UPDATES)('is understood in the update %s', (update) => {
    expect(guardUpdate(update, 'oracle', 'CUST_ID')).toMatchObject({ ok: true });
    expect(faulty([planBinds(update, 'oracle', bindSign).sql])).toEqual([]);
  });

  it('is refused when a query is not closed', () => {
    expect(faulty([asQuery('SELECT (CUST_ID FROM CUSTOMER')])).toHaveLength(1);
  });

  it('stands in one file of the adapter', () => {
    const folder = fileURLToPath(new URL('../../../shared/adapters/sources/oracle', import.meta.url));
    const elsewhere = readdirSync(folder)
      .filter((file) => file !== 'statements.ts')
      .filter((file) =>
        /[`'"]\s*(SELECT|INSERT|UPDATE|DELETE|MERGE|ALTER|SET TRANSACTION|BEGIN)\s+\w/.test(
          readFileSync(`${folder}/${file}`, 'utf8').replace(/^const (HARMLESS|NEEDED).*$/gm, ''),
        ),
      );
    expect(elsewhere).toEqual([]);
  });
});
