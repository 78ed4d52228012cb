import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { pythonProgram } from '../python.ts';

const SCRIPT = fileURLToPath(new URL('read-oracle.py', import.meta.url));

/** What an outside parser of Oracle's SQL, and a few rules that it does not know, have against each statement. */
export const oracleFaults = (statements: readonly string[]): readonly (string | null)[] =>
  JSON.parse(
    execFileSync(pythonProgram('python'), [SCRIPT], {
      input: JSON.stringify(statements),
      encoding: 'utf8',
      maxBuffer: 1e8,
    }),
  ) as (string | null)[];
