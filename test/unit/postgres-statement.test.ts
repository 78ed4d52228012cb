import { expect, it } from 'vitest';
import { statementsOf } from '../../shared/adapters/postgres/statement.ts';

const sql = `INSERT INTO mail (id, kind, size, body, note) VALUES (?, 'a?', ? + 1, ?, ?)`;

it('binds the rows of an insert as one array for each column', () => {
  const [first, second] = [Uint8Array.of(1), Uint8Array.of(2)];
  const rows = [
    ['a', null, first, null],
    ['b', 7, second, null],
  ];
  expect(statementsOf({ sql, rows })).toEqual([
    {
      text: `INSERT INTO mail (id, kind, size, body, note)  SELECT bound.c0, 'a?', bound.c1 + 1, bound.c2, NULL FROM unnest($1::text[], $2::bigint[], $3::bytea[]) AS bound (c0, c1, c2)`,
      values: [
        ['a', 'b'],
        [null, 7],
        [first, second],
      ],
      rows: 2,
    },
  ]);
});

it('leaves what inserts nothing as a statement for each row', () => {
  const update = {
    sql: 'UPDATE mail SET size = ? WHERE id = ?',
    rows: [
      [1, 'a'],
      [2, 'b'],
    ],
  };
  expect(statementsOf(update).map(({ text, values }) => [text, values])).toEqual([
    ['UPDATE mail SET size = $1 WHERE id = $2', [1, 'a']],
    ['UPDATE mail SET size = $1 WHERE id = $2', [2, 'b']],
  ]);
});

it('has nothing to say where there are no rows', () => {
  expect(statementsOf({ sql, rows: [] })).toEqual([]);
});
