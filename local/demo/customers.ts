import { GIVEN_NAMES, PRODUCTS, SURNAMES } from './names.ts';
import { type Draw, drawFrom } from './random.ts';

export interface DemoProduct {
  readonly name: string;
  readonly price: number;
}

/** A row of the target; nobody in it exists. */
export interface DemoCustomer {
  /** Ten digits, with leading zeros that a number would lose. */
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly accountNo: string;
  readonly balance: number;
  readonly products: readonly DemoProduct[];
  readonly statementFile: string;
  readonly fault?: DemoFault;
}

export type DemoFault = 'badAddress' | 'missingFile' | 'duplicateRow';

export const DEMO_ROWS = 1000;

/** Rows, counted from 0, that the report must name. The duplicate is a second row of the customer at DUPLICATED. */
const BAD_ADDRESS = 137;
const MISSING_FILE = 500;
const DUPLICATED = 411;
const DUPLICATE = DEMO_ROWS - 1;

/** 1,000 rows are 999 people; one has no usable address and one no file: 997 mails go out. */
export const DEMO_MAILS = 997;

export const demoCustomers = (): DemoCustomer[] => {
  const customers = Array.from({ length: DUPLICATE }, (_, row) => customerAt(row));
  return [...customers, { ...customerAt(DUPLICATED), fault: 'duplicateRow' }];
};

const customerAt = (row: number): DemoCustomer => {
  const draw = drawFrom(row + 1);
  const [surname, latinSurname] = draw.pick(SURNAMES);
  const [given, latinGiven] = draw.pick(GIVEN_NAMES);
  const id = String(row + 1).padStart(10, '0');
  const healthy = {
    id,
    name: surname + given,
    address: `${latinGiven}.${latinSurname}.${row + 1}@example.com`,
    accountNo: `110-${draw.between(100, 999)}-${String(draw.between(0, 999_999)).padStart(6, '0')}`,
    balance: draw.between(1_000, 90_000_000),
    products: productsOf(draw),
    statementFile: `statement_${id}.pdf`,
  };
  if (row === BAD_ADDRESS)
    return { ...healthy, address: `${latinGiven}.${latinSurname}@example..com`, fault: 'badAddress' };
  return row === MISSING_FILE ? { ...healthy, fault: 'missingFile' } : healthy;
};

const productsOf = (draw: Draw): DemoProduct[] => {
  const names = new Set(Array.from({ length: draw.between(1, 4) }, () => draw.pick(PRODUCTS)));
  return [...names].map((name) => ({ name, price: draw.between(10, 50_000) * 1000 }));
};
