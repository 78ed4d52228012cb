/** A value as it comes out of a customer's database. Numbers that do not fit a double arrive as strings. */
export type Value = string | number | bigint | boolean | Date | Uint8Array | null;
export type Row = Readonly<Record<string, Value>>;
