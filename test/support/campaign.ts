import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import type { Machine } from './tank.ts';

export const CAMPAIGN = 'campaign';

export interface Campaign {
  readonly definitions: string;
  readonly addresses: readonly string[];
  /** Customers whose row says that they were mailed. */
  markedAsSent(): number;
}

const keyOf = (row: number): string => String(row + 1).padStart(10, '0');

/** A bank of so many customers without attachments, and the definitions that mail them. */
export const layOutCampaign = async ({ folder }: Machine, rows: number): Promise<Campaign> => {
  const file = join(folder, 'bank.db');
  const bank = new DatabaseSync(file);
  bank.exec(
    `CREATE TABLE CUSTOMER (CUST_ID TEXT PRIMARY KEY, EMAIL_ADDR TEXT, NAME TEXT, BALANCE INTEGER, SEND_YN TEXT)`,
  );
  bank.exec('BEGIN');
  const insert = bank.prepare(`INSERT INTO CUSTOMER VALUES (?, ?, ?, ?, 'N')`);
  const addresses = Array.from({ length: rows }, (_, row) => `customer.${row + 1}@example.com`);
  for (const [row, address] of addresses.entries())
    insert.run(keyOf(row), address, `고객${row + 1}`, row * 1000);
  bank.exec('COMMIT');
  bank.close();
  const definitions = join(folder, 'campaign.yaml');
  await writeFile(definitions, DEFINITIONS);
  return { definitions, addresses, markedAsSent: () => count(file) };
};

const count = (file: string): number => {
  const bank = new DatabaseSync(file, { readOnly: true });
  const row = bank.prepare(`SELECT COUNT(*) AS n FROM CUSTOMER WHERE SEND_YN = 'Y'`).get();
  bank.close();
  return Number((row as { n: number }).n);
};

const DEFINITIONS = `source: bank
kind: sqlite
url: ./bank.db
---
automation: ${CAMPAIGN}
source: bank
recipients:
  target: SELECT CUST_ID, EMAIL_ADDR, NAME, BALANCE FROM CUSTOMER
  key: CUST_ID
  email: EMAIL_ADDR
writeBack: UPDATE CUSTOMER SET SEND_YN = 'Y' WHERE CUST_ID = :CUST_ID
mail:
  from: '탱크은행 <no-reply@example.com>'
  subject: '$(NAME) 고객님 안내'
  html: '<p>$(NAME) 고객님, 잔액 $(BALANCE|number)원</p>'
`;
