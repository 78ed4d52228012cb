/**
 * The column that a name means: the one spelled so, else the only one that differs by case alone. Oracle and
 * PostgreSQL fold unquoted names in opposite directions, and an automation is written with one spelling.
 */
export const findColumn = (columns: readonly string[], name: string): string | undefined => {
  if (columns.includes(name)) return name;
  const folded = name.toLowerCase();
  const alike = columns.filter((column) => column.toLowerCase() === folded);
  return alike.length === 1 ? alike[0] : undefined;
};
