import { stat } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { fileFault, sourceFaults } from '../../shared/adapters/sources/source-faults.ts';

it.each([
  ['/nowhere/at/all.db', 'source_unreachable', 'the file does not exist'],
  ['\0', 'source_query_failed', 'its address is not that of a file'],
  ['/etc/hostname/bank.db', 'source_unreachable', 'the file cannot be read (ENOTDIR)'],
])('says of %j what a person can mend', async (file, code, reason) => {
  const thrown = await stat(file).catch((fault: unknown) => fault);
  expect(fileFault(sourceFaults('bank'), thrown)).toMatchObject({ code, facts: { source: 'bank', reason } });
});
