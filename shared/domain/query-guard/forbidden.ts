import { type QueryFault, queryFault } from './faults.ts';
import type { Dialect, Token } from './token.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const DATA = words('INSERT UPDATE DELETE MERGE UPSERT');
const SCHEMA = words('CREATE ALTER DROP TRUNCATE GRANT REVOKE');
const PROGRAM = words('BEGIN DECLARE CALL EXEC EXECUTE DO PROCEDURE');
const LOCKS = words('UPDATE SHARE NO KEY');
/** Sequences count on with every look. */
const COUNTING = words('NEXTVAL');

const FUNCTIONS: Readonly<Record<Dialect, RegExp>> = {
  postgres:
    /^(?:PG_SLEEP\w*|DBLINK\w*|LO_\w+|LOREAD|LOWRITE|PG_READ_\w+|PG_LS_\w+|PG_STAT_FILE|PG_WRITE_\w+|PG_FILE_\w+|PG_TERMINATE_BACKEND|PG_CANCEL_BACKEND|PG_RELOAD_CONF|PG_ROTATE_LOGFILE|PG_LOGICAL_\w+|PG_\w*ADVISORY_\w+|PG_NOTIFY|PG_SWITCH_WAL|PG_CREATE_\w+|PG_DROP_\w+|PG_PROMOTE|SET_CONFIG|SETVAL|NEXTVAL|QUERY_TO_XML\w*|TABLE_TO_XML\w*|CURSOR_TO_XML\w*|DATABASE_TO_XML\w*|SCHEMA_TO_XML\w*)$/,
  oracle: /^(?:HTTPURITYPE|URIFACTORY|DBURITYPE|XDBURITYPE|BFILENAME|SYS_EXEC)$/,
  sqlite: /^(?:LOAD_EXTENSION|READFILE|WRITEFILE|EDIT|FTS3_TOKENIZER|SQLITE_\w+|ZIPFILE|FSDIR)$/,
};

/** Of Oracle's packages only those that compute. */
const ORACLE_PACKAGE = /^(?:DBMS_|UTL_|OWA_|HTP$|CTX_|APEX_)/;
const HARMLESS_PACKAGES = words('DBMS_LOB DBMS_RANDOM UTL_RAW UTL_I18N UTL_MATCH');

/** What no query of an automation may hold, wherever it stands; strings and comments are not looked into. */
export const forbiddenParts = (tokens: readonly Token[], dialect: Dialect): QueryFault[] =>
  tokens.flatMap((token, index) => {
    const fault =
      forbiddenWord(token, tokens[index - 1], tokens[index + 1]) ??
      forbiddenFunction(token, tokens[index + 1], dialect) ??
      databaseLink(token, dialect);
    return fault ? [fault] : [];
  });

const forbiddenWord = (
  token: Token,
  before: Token | undefined,
  after: Token | undefined,
): QueryFault | undefined => {
  // `t.UPDATE` is a column, whatever it is called; `seq.NEXTVAL` is not.
  const qualified = before?.text === '.' && before.kind === 'operator';
  if (token.kind !== 'word' || (qualified && !COUNTING.has(token.text))) return undefined;
  const { text: word, start } = token;
  if (word === 'FOR' && after?.kind === 'word' && LOCKS.has(after.text)) {
    return queryFault('locks_rows', start, { word: after.text });
  }
  // The UPDATE of FOR UPDATE is named once, as a lock.
  if (DATA.has(word) && before?.text !== 'FOR') return queryFault('changes_data', start, { word });
  if (SCHEMA.has(word)) return queryFault('changes_schema', start, { word });
  if (PROGRAM.has(word)) return queryFault('program', start, { word });
  if (COUNTING.has(word)) return queryFault('side_effect', start, { name: word });
  return word === 'INTO' ? queryFault('into', start) : undefined;
};

const forbiddenFunction = (
  token: Token,
  after: Token | undefined,
  dialect: Dialect,
): QueryFault | undefined => {
  if (token.kind !== 'word' && token.kind !== 'identifier') return undefined;
  const name = token.text.toUpperCase();
  const packaged =
    dialect === 'oracle' && after?.text === '.' && ORACLE_PACKAGE.test(name) && !HARMLESS_PACKAGES.has(name);
  const called = after?.kind === 'open' && FUNCTIONS[dialect].test(name);
  return packaged || called ? queryFault('side_effect', token.start, { name }) : undefined;
};

const databaseLink = (token: Token, dialect: Dialect): QueryFault | undefined =>
  dialect === 'oracle' && token.kind === 'operator' && token.text === '@'
    ? queryFault('database_link', token.start)
    : undefined;
