import type { DemoCustomer } from './customers.ts';
import { statementPdf } from './statement.ts';

export interface DemoFile {
  readonly name: string;
  readonly content: Uint8Array;
}

/** One statement per person, but for the one whose file is missing. */
export function* demoFiles(customers: readonly DemoCustomer[], month: string): Iterable<DemoFile> {
  for (const customer of customers) {
    if (customer.fault === 'missingFile' || customer.fault === 'duplicateRow') continue;
    yield { name: customer.statementFile, content: statementPdf(customer, month) };
  }
}
