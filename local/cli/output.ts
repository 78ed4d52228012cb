/** Where a command prints: a line for a person, or one JSON value for a program. */
export interface Output {
  readonly json: boolean;
  readonly terminal: boolean;
  /** What the command is about: JSON gets the value, a person the lines. */
  result(value: unknown, lines: () => readonly string[]): void;
  /** What happens on the way; nothing of it is for programs. */
  note(line: string): void;
}

export const createOutput = (json: boolean): Output => ({
  json,
  terminal: process.stderr.isTTY === true,
  result: (value, lines) => {
    const text = json ? JSON.stringify(value) : lines().join('\n');
    process.stdout.write(`${text}\n`);
  },
  note: (line) => {
    process.stderr.write(`${line}\n`);
  },
});

/** Columns as wide as their widest cell; Korean letters count as two. */
export const table = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => width(row[column] ?? ''))));
  return rows.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - width(cell)))
      .join('  ')
      .trimEnd(),
  );
};

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/u;
const width = (text: string): number =>
  [...text].reduce((sum, letter) => sum + (WIDE.test(letter) ? 2 : 1), 0);
