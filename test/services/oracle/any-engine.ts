import type { Dialect } from '../../../shared/adapters/sql/dialect.ts';

/** Statements in which the words of an engine are still open: `⟦7⟧` is whatever an engine says for the seventh. */
export interface AnyEngine {
  readonly dialect: Dialect;
  render(sql: string, dialect: Dialect): string;
}

const MARK = /⟦(\d+)⟧/g;

export const anyEngine = (plain: Dialect): AnyEngine => {
  const words: ((dialect: Dialect) => string)[] = [];
  const known = new Map<string, string>();
  const open = (key: string, word: (dialect: Dialect) => string): string => {
    const found = known.get(key);
    if (found !== undefined) return found;
    words.push(word);
    const mark = `⟦${words.length - 1}⟧`;
    known.set(key, mark);
    return mark;
  };
  return {
    dialect: {
      ...plain,
      now: open('now', ({ now }) => now),
      limit: (rows) => open(`limit ${rows}`, (dialect) => dialect.limit(rows)),
      upsert: (upsert) =>
        open(JSON.stringify([upsert, upsert.combine?.('was', 'given')]), (dialect) => dialect.upsert(upsert)),
      greatest: (a, b) => open(`greatest ${a} ${b}`, (dialect) => dialect.greatest(a, b)),
    },
    render: (sql, dialect) => {
      let text = sql;
      while (text.includes('⟦'))
        text = text.replace(MARK, (_, at: string) => words[Number(at)]?.(dialect) ?? '');
      return text;
    },
  };
};
