/** A row of docs/requirements.md. */
export interface Duty {
  readonly id: string;
  readonly state: string;
  readonly files: readonly string[];
  readonly tests: readonly string[];
}

export const dutiesOf = (markdown: string): Duty[] =>
  [...markdown.matchAll(/^\| ([A-E]\d+) \| ([^|]*) \| (\w+) \|([^|]*)\|([^|]*)\|$/gm)].map(
    ([, id, , state, files, tests]) => ({
      id: id ?? '',
      state: state ?? '',
      files: pathsIn(files),
      tests: pathsIn(tests),
    }),
  );

const pathsIn = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, path]) => path ?? '');

/** What is wrong with a row, `exists` being asked for each path. */
export const faultsOfDuty = (duty: Duty, exists: (path: string) => boolean): string[] => {
  const { id, state, files, tests } = duty;
  const absent = [...files, ...tests]
    .filter((path) => !exists(path))
    .map((path) => `${id} names ${path}, which is not there`);
  if (!['open', 'part', 'done'].includes(state)) return [`${id} is ${state}`];
  if (state === 'open') return files.length + tests.length > 0 ? [`${id} is open and names files`] : [];
  return files.length === 0 || tests.length === 0 ? [`${id} is ${state} without a file or a test`] : absent;
};

/** A row of docs/security.md. */
export interface SecurityLine {
  readonly id: string;
  readonly code: readonly string[];
  readonly tests: readonly string[];
  /** What is not covered; a dash: nothing. */
  readonly gap: string;
}

export const securityLinesOf = (markdown: string): SecurityLine[] =>
  [...markdown.matchAll(/^\| ([ADE]\d+) \|[^|]*\|([^|]*)\|([^|]*)\|([^|]*)\|$/gm)].map(
    ([, id, code, tests, gap]) => ({
      id: id ?? '',
      code: pathsIn(code),
      tests: pathsIn(tests),
      gap: gap?.trim() ?? '',
    }),
  );

/** What is wrong with a line, `exists` being asked for each path. */
export const faultsOfLine = (line: SecurityLine, exists: (path: string) => boolean): string[] => {
  const { id, code, tests, gap } = line;
  if (gap === '') return [`${id} does not say what is not covered`];
  if (code.length === 0 || tests.length === 0)
    return gap.startsWith('Not built.') ? [] : [`${id} names no code or no test`];
  return [...code, ...tests]
    .filter((path) => !exists(path))
    .map((path) => `${id} names ${path}, which is not there`);
};

/** Commands of package.json that a document tells the reader to type. */
export const npmScriptsIn = (markdown: string): string[] =>
  [...markdown.matchAll(/\bnpm (?:run (?:-s )?([\w:-]+)|(start|test)\b)/g)].map(
    ([, run, short]) => run ?? short ?? '',
  );

/** Files of this house to which a document points. */
export const linksIn = (markdown: string): string[] =>
  [...markdown.matchAll(/\]\((?!https?:|#)([^)\s#]+)/g)].map(([, path]) => path ?? '');

/** Paths in backticks that begin with one of the house's folders and are meant as they stand. */
export const pathsNamedIn = (markdown: string): string[] =>
  [...markdown.matchAll(/`((?:functions|shared|local|infra|test|docs|\.ci)\/[^`\s<>*]+)`/g)].map(
    ([, path]) => path ?? '',
  );
