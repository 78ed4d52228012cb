import type { DemoCustomer } from './customers.ts';
import { PURPOSES } from './names.ts';
import { A4, type PdfText, writePdf } from './pdf.ts';
import { drawFrom } from './random.ts';

interface Transaction {
  readonly day: number;
  readonly purpose: string;
  readonly amount: number;
  readonly balance: number;
}

const LINES = 10;
const MARGIN = 60;
const RIGHT = A4.width - MARGIN;

/** The customer's statement for a month written `yyyy-MM`. */
export const statementPdf = (customer: DemoCustomer, month: string): Uint8Array =>
  writePdf({
    title: `${customer.name} 고객님 ${koreanMonth(month)} 거래명세서`,
    texts: [...headOf(customer, month), ...tableOf(transactionsOf(customer, month), month)],
    rules: [660, 640, 400].map((y) => ({ y, from: MARGIN, to: RIGHT })),
  });

export const koreanMonth = (month: string): string => {
  const [year, number] = month.split('-');
  return `${year}년 ${Number(number)}월`;
};

const won = (amount: number): string => `${amount.toLocaleString('en-US')}원`;

const headOf = (customer: DemoCustomer, month: string): PdfText[] => [
  { x: MARGIN, y: 770, size: 18, text: `${koreanMonth(month)} 거래명세서` },
  { x: RIGHT, y: 770, size: 11, text: '탱크은행', align: 'right' },
  { x: MARGIN, y: 735, size: 11, text: `성명  ${customer.name}` },
  { x: MARGIN, y: 717, size: 11, text: `고객번호  ${customer.id}` },
  { x: MARGIN, y: 699, size: 11, text: `계좌번호  ${customer.accountNo}` },
  { x: RIGHT, y: 699, size: 13, text: `잔액 ${won(customer.balance)}`, align: 'right' },
  { x: MARGIN, y: 380, size: 9, text: '이 명세서는 시연용으로 만든 것이며 실제 거래가 아닙니다.' },
];

const tableOf = (transactions: readonly Transaction[], month: string): PdfText[] => {
  const row = (y: number, cells: readonly [string, string, string, string]): PdfText[] => [
    { x: MARGIN, y, size: 10, text: cells[0] },
    { x: 160, y, size: 10, text: cells[1] },
    { x: 400, y, size: 10, text: cells[2], align: 'right' },
    { x: RIGHT, y, size: 10, text: cells[3], align: 'right' },
  ];
  const lines = transactions.map(({ day, purpose, amount, balance }, index) =>
    row(622 - index * 22, [`${month}-${String(day).padStart(2, '0')}`, purpose, won(amount), won(balance)]),
  );
  return [row(646, ['거래일', '내용', '금액', '잔액']), ...lines].flat();
};

/** Read backwards from the balance, so that the last line ends with what the mail says. */
const transactionsOf = ({ id, balance }: DemoCustomer, month: string): Transaction[] => {
  const draw = drawFrom(Number(id) * 100 + Number(month.slice(-2)));
  const transactions: Transaction[] = [];
  let after = balance;
  for (let line = LINES; line >= 1; line--) {
    const paidIn = draw.between(0, 2) === 0;
    const amount = paidIn ? Math.min(after, draw.between(1, 3000) * 1000) : -draw.between(1, 300) * 1000;
    const day = (line - 1) * 2 + draw.between(1, 2);
    transactions.unshift({ day, purpose: draw.pick(PURPOSES), amount, balance: after });
    after -= amount;
  }
  return transactions;
};
