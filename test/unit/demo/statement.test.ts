import { describe, expect, test } from 'vitest';
import { demoCustomers } from '../../../local/demo/customers.ts';
import { statementPdf } from '../../../local/demo/statement.ts';
import { encodingOf, readStatement } from '../../support/pdf-text.ts';

const customers = demoCustomers().slice(0, 25);

describe.each(customers)('the statement of customer $id', (customer) => {
  const pdf = statementPdf(customer, '2026-10');

  test('is a PDF that a parser reads, with the name, the account and the balance', async () => {
    const { title, pages, text } = await readStatement(pdf);
    expect(title).toBe(`${customer.name} 고객님 2026년 10월 거래명세서`);
    expect(pages).toBe(1);
    expect(text).toContain(`성명  ${customer.name}`);
    expect(text).toContain(customer.accountNo);
    expect(text).toContain(`잔액 ${customer.balance.toLocaleString('en-US')}원`);
  });

  test('has ten lines that add up to the balance', async () => {
    const { text } = await readStatement(pdf);
    const cells = text.split('\n');
    const lines = cells.flatMap((cell, at) => (/^2026-10-\d\d$/.test(cell) ? [cells.slice(at, at + 4)] : []));
    const amounts = lines.map((line) => [numberOf(line[2]), numberOf(line[3])] as const);
    expect(lines).toHaveLength(10);
    expect(lines.map(([date]) => date)).toEqual(lines.map(([date]) => date).sort());
    for (const [index, [amount, balance]] of amounts.slice(1).entries())
      expect(balance - amount).toBe(amounts[index]?.[1]);
    expect(amounts.at(-1)?.[1]).toBe(customer.balance);
  });
});

const numberOf = (text: string | undefined): number => Number(text?.replace(/[,원]/g, ''));

test('a statement is of 2 to 5 KB, and in an encoding that every viewer knows', async () => {
  const pdf = statementPdf(customers[0] ?? expect.fail(), '2026-10');
  expect(pdf.byteLength).toBeGreaterThan(2_000);
  expect(pdf.byteLength).toBeLessThan(5_000);
  expect(await encodingOf(pdf)).toBe('/UniKS-UTF16-H');
});

test('every entry of the cross-reference table points at its object', () => {
  const file = Buffer.from(statementPdf(customers[0] ?? expect.fail(), '2026-10')).toString('latin1');
  const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(file)?.[1]);
  const offsets = [...file.slice(start).matchAll(/^(\d{10}) 00000 n $/gm)].map(([, offset]) =>
    Number(offset),
  );
  expect(file.slice(start, start + 5)).toBe('xref\n');
  expect(offsets).toHaveLength(8);
  for (const [index, offset] of offsets.entries())
    expect(file.slice(offset)).toMatch(new RegExp(`^${index + 1} 0 obj\n`));
});
