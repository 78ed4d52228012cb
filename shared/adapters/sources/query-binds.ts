export type QueryDialect = 'sqlite' | 'postgres' | 'oracle';

/** Stands in for shared/domain/query-guard until that is merged; knows no dollar quotes and no q'[]'. */
const TOKENS =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|::|:(?<name>[\p{L}_][\p{L}\p{N}_$#]*)|\?/gu;

export const KEY_BIND = '?';

export const rewriteBinds = (
  sql: string,
  _dialect: QueryDialect,
  sign: (name: string, index: number) => string,
): string => {
  let index = 0;
  return sql.replace(TOKENS, (token: string, name: string | undefined) => {
    if (name === undefined && token !== KEY_BIND) return token;
    const written = sign(name ?? KEY_BIND, index);
    index += 1;
    return written;
  });
};

export const bindNames = (sql: string, dialect: QueryDialect): readonly string[] => {
  const names: string[] = [];
  rewriteBinds(sql, dialect, (name) => {
    names.push(name);
    return name;
  });
  return names;
};
