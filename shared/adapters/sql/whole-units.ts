/** How often the unit goes into the value: where integers divide to integers (SQLite, PostgreSQL) and where they do not (Oracle). */
export const wholeUnits = (value: string, unit: number): string => `ROUND((${value} / ${unit}) - 0.5)`;
