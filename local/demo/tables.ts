import type { SqlValue, Step } from '../../shared/ports/database.ts';
import type { DemoCustomer } from './customers.ts';
import { koreanMonth } from './statement.ts';

/** The customer database as one transaction. CUSTOMER has no unique key: in real ones duplicates do occur. */
export const demoTables = (customers: readonly DemoCustomer[], month: string): Step[] => {
  const people = customers.filter(({ fault }) => fault !== 'duplicateRow');
  return [
    {
      sql: 'CREATE TABLE CUSTOMER (CUST_ID TEXT NOT NULL, EMAIL_ADDR TEXT, ATTACH_FILE TEXT, STATUS TEXT NOT NULL, SEND_YN TEXT NOT NULL)',
    },
    { sql: 'CREATE INDEX CUSTOMER_BY_ID ON CUSTOMER (CUST_ID)' },
    {
      sql: 'CREATE TABLE DETAIL (CUST_ID TEXT PRIMARY KEY, NAME TEXT NOT NULL, ACCOUNT_NO TEXT NOT NULL, BALANCE INTEGER NOT NULL, MONTH TEXT NOT NULL)',
    },
    {
      sql: 'CREATE TABLE PRODUCT (CUST_ID TEXT NOT NULL, PRODUCT_NAME TEXT NOT NULL, PRICE INTEGER NOT NULL, PRIMARY KEY (CUST_ID, PRODUCT_NAME))',
    },
    insert(
      'CUSTOMER',
      customers.map(({ id, address, statementFile }) => [id, address, statementFile, 'ACTIVE', 'N']),
    ),
    insert(
      'DETAIL',
      people.map(({ id, name, accountNo, balance }) => [id, name, accountNo, balance, koreanMonth(month)]),
    ),
    insert(
      'PRODUCT',
      people.flatMap(({ id, products }) => products.map(({ name, price }) => [id, name, price])),
    ),
  ];
};

const insert = (table: string, rows: readonly (readonly SqlValue[])[]): Step => {
  const places = (rows[0] ?? []).map(() => '?').join(', ');
  return { sql: `INSERT INTO ${table} VALUES (${places})`, rows };
};
