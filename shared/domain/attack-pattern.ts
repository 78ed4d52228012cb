/** Traces of tools and of people who try doors. A signal only: nothing is refused for it, mail may hold any text. */
const PATTERNS: readonly (readonly [string, RegExp])[] = [
  [
    'sql',
    /(['"`)]|\b\d+)\s{0,9}(or|and)\s{1,9}['"`(\d]|\bunion\s{1,9}(all\s{1,9})?select\b|;\s{0,9}(drop|delete|insert|update)\s/i,
  ],
  [
    'sql',
    /\b(sleep|pg_sleep|benchmark|waitfor\s{1,9}delay|utl_http|dbms_pipe)\s{0,9}[.('"]|information_schema|--\s{0,9}$/i,
  ],
  ['script', /<\s{0,9}(script|svg|iframe|img|object)\b|\bon(error|load|click)\s{0,9}=|javascript:/i],
  ['path', /(\.\.[/\\]){2}|\/etc\/passwd|\.(env|git)(\/|$)|wp-(login|admin)|phpmyadmin/i],
  ['command', /[;|&`]\s{0,9}(cat|id|whoami|curl|wget|nc|sh|bash)\b|\$\(\s{0,9}\w|\$\{jndi:/i],
];

const LOOKED_AT = 2_000;

/** What a text looks like, if it looks like an attack. */
export const attackPatternIn = (text: string): string | undefined => {
  const start = text.slice(0, LOOKED_AT);
  return PATTERNS.find(([, pattern]) => pattern.test(start))?.[0];
};
