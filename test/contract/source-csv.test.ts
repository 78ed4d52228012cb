import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import { afterEach, describe, expect, it } from 'vitest';
import { type CsvSourceOptions, createCsvSource } from '../../shared/adapters/sources/csv/source.ts';
import { TankError } from '../../shared/domain/errors.ts';
import { describeReason } from '../../shared/domain/reason.ts';
import type { Row } from '../../shared/domain/row.ts';
import { openInlineSqlite } from '../fixtures/inline-sqlite.ts';
import { type Cell, COLUMNS, sourceContract } from './source-contract.ts';

const folders: string[] = [];
const place = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tank-csv-test-'));
  folders.push(folder);
  const stageFolder = join(folder, 'stages');
  return { folder, stageFolder };
};
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const written = (cell: Cell) => (cell === null ? '' : `"${cell.replaceAll('"', '""')}"`);

for (const encoding of ['utf-8', 'cp949']) {
  sourceContract({
    adapter: `a CSV file in ${encoding}`,
    readOnly: true,
    large: 20_000,
    setUp: async (rows) => {
      const { folder, stageFolder } = await place();
      const file = join(folder, 'CUSTOMER.csv');
      const lines = [
        COLUMNS.join(','),
        ...Array.from(rows, (row) => COLUMNS.map((column) => written(row[column])).join(',')),
      ];
      await writeFile(file, iconv.encode(`${lines.join('\r\n')}\r\n`, encoding));
      const source = createCsvSource({
        name: 'core-db',
        file,
        encoding,
        open: openInlineSqlite,
        stageFolder,
      });
      return { source, vanish: () => rm(file), close: () => source.close() };
    },
  });
}

describe('a CSV file', () => {
  const open = async (content: string | Uint8Array, more: Partial<CsvSourceOptions> = {}) => {
    const { folder, stageFolder } = await place();
    const file = join(folder, 'customers.csv');
    await writeFile(file, content);
    return {
      file,
      stageFolder,
      source: createCsvSource({ name: 'core-db', file, open: openInlineSqlite, stageFolder, ...more }),
    };
  };
  const rowsOf = async (content: string | Uint8Array, more: Partial<CsvSourceOptions> = {}) => {
    const { source } = await open(content, more);
    const rows: Row[] = [];
    for await (const chunk of source.target({ sql: 'SELECT * FROM DATA', key: 'ID' })) rows.push(...chunk);
    await source.close();
    return rows;
  };
  const reasonOf = (content: string | Uint8Array, more: Partial<CsvSourceOptions> = {}) =>
    rowsOf(content, more).then(
      () => 'nothing thrown',
      (thrown: unknown) =>
        thrown instanceof TankError ? `${thrown.code}: ${thrown.facts.reason}` : String(thrown),
    );

  it('reads quotes, delimiters and line ends within quotes, and tells an empty text from nothing', async () => {
    expect(await rowsOf('ID,NAME,NOTE\n1,"a ""b"", c","two\nlines"\n2,"",\n')).toEqual([
      { ID: '1', NAME: 'a "b", c', NOTE: 'two\nlines' },
      { ID: '2', NAME: '', NOTE: null },
    ]);
  });

  it('takes a byte order mark, CRLF, blank lines and a last line without an end', async () => {
    expect(await rowsOf('\ufeffID,이름\r\n\r\n1,홍길동\r\n2,김철수')).toEqual([
      { ID: '1', 이름: '홍길동' },
      { ID: '2', 이름: '김철수' },
    ]);
  });

  it.each([';', '|', 'tab'])('takes the delimiter %s', async (delimiter) => {
    const sign = delimiter === 'tab' ? '\t' : delimiter;
    expect(await rowsOf(`ID${sign}NAME\n1${sign}a,b\n`, { delimiter })).toEqual([{ ID: '1', NAME: 'a,b' }]);
  });

  it('reads CP949 letters whose second byte is an ASCII letter', async () => {
    const names = ['똠방각하', '쌰', '뷁', '펲시콜라'];
    const lines = names.map((name, i) => `${i},${name}`);
    const rows = await rowsOf(iconv.encode(`ID,NAME\n${lines.join('\n')}\n`, 'cp949'), { encoding: 'cp949' });
    expect(rows.map((row) => row.NAME)).toEqual(names);
  });

  it('is asked by its own name as well', async () => {
    const { source } = await open('ID,NAME\n1,a\n');
    expect(await source.describe('SELECT * FROM customers')).toEqual(['ID', 'NAME']);
    await source.close();
  });

  it.each([
    ['ID,NAME\n1,a\n2\n3,c,d\n', /line 3 has 1 fields, and the header has 2; line 4 has 3 fields/],
    ['ID,NAME\n1,"a\n2,b\n', /line 2 opens a quote that is never closed/],
    ['ID,NAME\n1,a"b\n', /line 2 has a quote inside/],
    ['ID,NAME\n1,"a" b\n', /line 2 has text behind a closing quote/],
    ['ID,,ID\n1,2,3\n', /line 1 gives no name to column 2; line 1 gives column 3 the same name as column 1/],
    ['ID,NAME\n1,a\0\n', /line 2 holds a NUL byte/],
    ['', /the file is empty/],
  ])('names the faults of %j by their lines', async (content, reason) => {
    expect(await reasonOf(content)).toMatch(reason);
    expect(await reasonOf(content)).toMatch(/^source_query_failed/);
  });

  it('names lines in another encoding, whichever way round', async () => {
    const text = 'ID,NAME\n1,abc\n2,홍길동\n';
    expect(await reasonOf(iconv.encode(text, 'cp949'))).toMatch(
      /line 3 holds bytes that are not utf-8; is the file cp949/,
    );
    expect(
      await reasonOf(Buffer.from('ID,NAME\n1,abc\n2,\xff\xff\n', 'latin1'), { encoding: 'cp949' }),
    ).toMatch(/line 3 holds bytes that are not cp949/);
  });

  it.each([
    ['ID,NAME\n1,a\n2\n', /^파일에 오류가 있습니다: 3행 항목이 1개인데 첫 줄의 컬럼은 2개입니다$/],
    ['ID,NAME\n1,"a\n', /2행 따옴표가 열리고/],
    ['ID,NAME\n1,a"b\n', /2행 따옴표로 감싸지 않은/],
    ['ID,NAME\n1,"a" b\n', /2행 닫는 따옴표 뒤/],
    ['ID,,ID\n', /1행 2번째 컬럼의 이름이 없습니다; 1행 3번째 컬럼의 이름이 1번째 컬럼과 같습니다/],
    ['ID,NAME\n1,a\0\n', /2행 NUL 바이트/],
    [Buffer.from('ID\n\xff\n', 'latin1'), /2행 utf-8에 맞지 않는 바이트가 있습니다. 파일이 cp949입니까\?/],
    ['', /^파일이 비어 있습니다/],
  ])('names them to who reads Korean: %j', async (content, reason) => {
    const thrown = await rowsOf(content).catch((fault: unknown) => fault);
    expect(thrown).toBeInstanceOf(TankError);
    expect(describeReason((thrown as TankError).facts, 'ko')).toMatch(reason);
  });

  it('tells no value of the file in its faults', async () => {
    expect(await reasonOf('ID,NAME\n1,SECRET"x\n2,SECRET,y\n')).not.toContain('SECRET');
  });

  it('counts lines across blocks of reading', async () => {
    const lines = Array.from({ length: 60_000 }, (_, n) => `${n},"고객\n${n}"`);
    const content = `ID,NAME\n${lines.join('\n')}\n1,2,3\n`;
    expect(await reasonOf(content)).toMatch(/faults: line 120002 has 3 fields/);
  });

  it.each([{ encoding: 'utf-16' }, { delimiter: ',,' }, { delimiter: 'A' }, { delimiter: '"' }])(
    'refuses %j',
    async (more) => {
      await expect(open('ID\n1\n', more)).rejects.toMatchObject({ code: 'invalid_definition' });
    },
  );

  it('is read again when it changed', async () => {
    const { file, source } = await open('ID\n1\n');
    expect(await source.describe('SELECT * FROM DATA')).toEqual(['ID']);
    await writeFile(file, 'ID,NAME\n1,a\n');
    expect(await source.describe('SELECT * FROM DATA')).toEqual(['ID', 'NAME']);
    await source.close();
  });

  it('leaves nothing of its rows behind, also of a process that was killed', async () => {
    const { stageFolder, source } = await open('ID\n1\n');
    await mkdir(join(stageFolder, 'tank-csv-999999999-dead'), { recursive: true });
    await source.describe('SELECT * FROM DATA');
    const [stage, ...others] = await readdir(stageFolder);
    expect(others).toEqual([]);
    expect((await stat(join(stageFolder, String(stage)))).mode & 0o077).toBe(0);
    await source.close();
    expect(await readdir(stageFolder)).toEqual([]);
  });

  it('is never written back', async () => {
    const { source } = await open('ID\n1\n');
    await expect(
      source.update('UPDATE DATA SET ID = 2 WHERE ID = ?', [{ ID: '1' }], 'ID'),
    ).rejects.toMatchObject({ code: 'source_query_failed' });
  });
});
