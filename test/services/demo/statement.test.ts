import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { demoCustomers } from '../../../local/demo/customers.ts';
import { statementPdf } from '../../../local/demo/statement.ts';

const folder = mkdtempSync(join(tmpdir(), 'tank-pdf-'));
afterAll(() => rmSync(folder, { recursive: true }));

const saved = (row: number) => {
  const customer = demoCustomers()[row] ?? expect.fail();
  const file = join(folder, customer.statementFile);
  writeFileSync(file, statementPdf(customer, '2026-10'));
  return { customer, file };
};

test.each([0, 18, 998])('poppler reads the Korean text of the statement in row %i', (row) => {
  const { customer, file } = saved(row);
  const text = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
  expect(text).toContain(customer.name);
  expect(text).toContain(customer.accountNo);
  expect(text).toContain(`잔액 ${customer.balance.toLocaleString('en-US')}원`);
  expect(text.match(/2026-10-\d\d/g)).toHaveLength(10);
});

test('qpdf finds no fault in the structure', () => {
  const { file } = saved(0);
  expect(execFileSync('qpdf', ['--check', file], { encoding: 'utf8' })).toContain(
    'No syntax or stream encoding errors found',
  );
});
