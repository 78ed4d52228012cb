/** Literals as a whole, and whatever decides where a query begins, ends and takes its rows from. */
const TOKEN = /'(?:[^']|'')*'|[?()]|[A-Za-z_][\w$#.]*/g;
const ENDS_COLUMNS = new Set(['WHERE', 'GROUP', 'ORDER', 'UNION', 'FETCH']);

/** One level of brackets: whether a SELECT of this level still lacks its FROM. */
interface Level {
  lacksFrom: boolean;
}

const texts = new Map<string, string>();

/**
 * `?` becomes `:b1`, `:b2` …, and a SELECT of values alone takes them FROM DUAL, as Oracle before 23 demands;
 * read once for each statement there is.
 */
export const oracleText = (sql: string): string => {
  const known = texts.get(sql);
  if (known !== undefined) return known;
  const text = translate(sql);
  texts.set(sql, text);
  return text;
};

const translate = (sql: string): string => {
  const levels: Level[] = [{ lacksFrom: false }];
  let binds = 0;
  const text = sql.replace(TOKEN, (token) => {
    if (token === '?') {
      binds += 1;
      return `:b${binds}`;
    }
    if (!dualBefore(levels, token.toUpperCase())) return token;
    return token === ')' ? ' FROM DUAL)' : `FROM DUAL ${token}`;
  });
  return levels.at(-1)?.lacksFrom ? `${text} FROM DUAL` : text;
};

/** Keeps the levels; true where the columns of a SELECT end without a FROM. */
const dualBefore = (levels: Level[], token: string): boolean => {
  if (token === '(') levels.push({ lacksFrom: false });
  const level = levels.at(-1);
  if (!level) return false;
  const ends = level.lacksFrom && (token === ')' || ENDS_COLUMNS.has(token));
  if (ends || token === 'FROM') level.lacksFrom = false;
  if (token === 'SELECT') level.lacksFrom = true;
  if (token === ')') levels.pop();
  return ends;
};
