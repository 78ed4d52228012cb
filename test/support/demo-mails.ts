import { readFile } from 'node:fs/promises';
import { type ParsedMail, simpleParser } from 'mailparser';
import { expect } from 'vitest';
import { DEMO_MAILS, type DemoCustomer, demoCustomers } from '../../local/demo/customers.ts';
import { statementPdf } from '../../local/demo/statement.ts';
import { readStatement } from './pdf-text.ts';

const MONTH = '2026-03';

/** One mail for each customer whose data is sound: their address, name, amounts and statement, read by parsers. */
export const expectEveryoneTheirOwn = async (files: readonly string[]): Promise<void> => {
  const healthy = demoCustomers().filter(({ fault }) => fault === undefined);
  const byAddress = new Map(healthy.map((customer) => [customer.address, customer]));
  for (const file of files) {
    const mail = await simpleParser(await readFile(file));
    const customer = byAddress.get(addressOf(mail));
    if (!customer) throw new Error(`${file} is addressed to nobody who should get one, or to somebody twice`);
    byAddress.delete(customer.address);
    await expectOwnMail(mail, customer);
  }
  expect([files.length, byAddress.size]).toEqual([DEMO_MAILS, 0]);
};

const addressOf = ({ to }: ParsedMail): string => {
  const all = [to ?? []].flat().flatMap(({ value }) => value);
  return all.length === 1 ? (all[0]?.address ?? 'none') : `${all.length} recipients`;
};

const expectOwnMail = async (mail: ParsedMail, customer: DemoCustomer): Promise<void> => {
  const balance = `${customer.balance.toLocaleString('en-US')}원`;
  expect(mail.subject).toBe(`${customer.name} 고객님 2026년 3월 거래명세서`);
  for (const own of [`${customer.name} 고객님`, customer.accountNo, balance])
    expect(mail.html).toContain(own);
  for (const { name, price } of customer.products)
    expect(mail.html).toContain(`${name}</td><td align="right">${price.toLocaleString('en-US')}원`);
  expect(mail.attachments.map(({ filename, contentType }) => [filename, contentType])).toEqual([
    [customer.statementFile, 'application/pdf'],
  ]);
  const content = mail.attachments[0]?.content ?? Buffer.alloc(0);
  expect(content.equals(statementPdf(customer, MONTH))).toBe(true);
  const { text } = await readStatement(content);
  expect(text).toContain(
    `성명  ${customer.name}\n고객번호  ${customer.id}\n계좌번호  ${customer.accountNo}\n잔액 ${balance}`,
  );
};
