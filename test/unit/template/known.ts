import { type CompiledTemplate, compileTemplate } from '../../../shared/domain/template/compile.ts';
import { type RenderedMail, renderMail } from '../../../shared/domain/template/render.ts';
import type { KnownNames, MailValues } from '../../../shared/domain/template/values.ts';

/** A made-up bank's automation: what its queries yield. */
export const KNOWN: KnownNames = {
  target: ['CUST_ID', 'EMAIL_ADDR'],
  simple: { CUSTOMER: ['NAME', 'BALANCE', 'OPENED', 'LINK', 'WIDTH'], BRANCH: ['BRANCH_NAME', 'PHONE'] },
  lists: { PRODUCT_LIST: ['PRODUCT_NAME', 'PRICE', 'LINK'], NOTES: ['NOTE'] },
  texts: ['NOTICE'],
};

export const VALUES: MailValues = {
  target: { CUST_ID: '0000000001', EMAIL_ADDR: 'hong@example.com' },
  simple: {
    CUSTOMER: {
      NAME: '홍길동',
      BALANCE: '12345678901234567890.10',
      OPENED: '2026-03-05',
      LINK: 'https://bank.example.com/s/1?a=b&c=d',
      WIDTH: '40%',
    },
    BRANCH: { BRANCH_NAME: '강남', PHONE: '02-000-0000' },
  },
  lists: {
    PRODUCT_LIST: [
      { PRODUCT_NAME: '정기예금', PRICE: 1_000_000, LINK: 'https://bank.example.com/p/1' },
      { PRODUCT_NAME: '적금 & 펀드', PRICE: 2500n, LINK: 'https://bank.example.com/p/2' },
    ],
    NOTES: [],
  },
  texts: { NOTICE: '<p>안내 <b>말씀</b></p>' },
};

export const compile = (html: string, subject = '안내', known = KNOWN): CompiledTemplate =>
  compileTemplate({ subject, html }, known, 'Asia/Seoul');

/** `code line:column` of each. */
export const faultsOf = (html: string, subject?: string): string[] =>
  compile(html, subject).faults.map(({ code, line, column }) => `${code} ${line}:${column}`);

export const warningsOf = (html: string): string[] =>
  compile(html).warnings.map(({ code, line, column }) => `${code} ${line}:${column}`);

export const render = (html: string, values: Partial<MailValues> = {}, subject?: string): RenderedMail => {
  const { template, faults } = compile(html, subject);
  if (!template) throw new Error(`the template has faults: ${JSON.stringify(faults)}`);
  return renderMail(template, { ...VALUES, ...values });
};

export const htmlOf = (html: string, values: Partial<MailValues> = {}): string =>
  Buffer.from(render(html, values).html).toString();
export const textOf = (html: string, values: Partial<MailValues> = {}): string =>
  Buffer.from(render(html, values).text).toString();
export const subjectOf = (subject: string, values: Partial<MailValues> = {}): string =>
  render('<p>x</p>', values, subject).subject;

/** The customer's row with some values changed. */
export const customer = (row: MailValues['target']): Partial<MailValues> => ({
  simple: { ...VALUES.simple, CUSTOMER: { ...VALUES.simple.CUSTOMER, ...row } },
});
