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
