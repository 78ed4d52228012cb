import { expect, it } from 'vitest';
import { findColumn } from '../../../shared/domain/column-name.ts';

it.each([
  [['CUST_ID', 'cust_id'], 'cust_id', 'cust_id'],
  [['cust_id', 'NAME'], 'CUST_ID', 'cust_id'],
  [['Id', 'ID'], 'id', undefined],
  [['ID'], 'NUMBER', undefined],
  [['고객번호'], '고객번호', '고객번호'],
])('of %j the name %s means %s', (columns, name, found) => {
  expect(findColumn(columns, name)).toBe(found);
});
