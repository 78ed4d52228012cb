import { decodeText } from './charset.ts';
import { decodeWords } from './words.ts';

export interface Parameters {
  /** In lower case: `text/html`, `attachment`. */
  readonly value: string;
  readonly named: ReadonlyMap<string, string>;
}

/** `value; name=value; name*0*=UTF-8''…` (RFC 2231). */
export const readParameters = (field: string): Parameters => {
  const value = (/^[^;]*/.exec(field)?.[0] ?? '').trim().toLowerCase();
  const raw = new Map<string, string>();
  const pattern = /;\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s"]*))/g;
  for (const [, name = '', quoted, plain = ''] of field.slice(value.length).matchAll(pattern)) {
    const key = name.toLowerCase();
    if (!raw.has(key)) raw.set(key, quoted === undefined ? plain : quoted.replace(/\\(.)/g, '$1'));
  }
  return { value, named: joined(raw) };
};

const joined = (raw: ReadonlyMap<string, string>): Map<string, string> => {
  const named = new Map<string, string>();
  for (const name of new Set([...raw.keys()].map((key) => key.replace(/\*.*$/, '')))) {
    const extended = extendedOf(raw, name);
    named.set(name, extended ?? decodeWords(raw.get(name) ?? ''));
  }
  return named;
};

/** `name*`, or its pieces `name*0*`, `name*1` … in their order. */
const extendedOf = (raw: ReadonlyMap<string, string>, name: string): string | undefined => {
  const whole = raw.get(`${name}*`);
  if (whole !== undefined) return decodeExtended([{ text: whole, encoded: true }]);
  const pieces: { text: string; encoded: boolean }[] = [];
  for (let n = 0; ; n += 1) {
    const encoded = raw.get(`${name}*${n}*`);
    const text = encoded ?? raw.get(`${name}*${n}`);
    if (text === undefined) break;
    pieces.push({ text, encoded: encoded !== undefined });
  }
  return pieces.length > 0 ? decodeExtended(pieces) : undefined;
};

const decodeExtended = (pieces: readonly { readonly text: string; readonly encoded: boolean }[]): string => {
  const [, charset = '', rest] = /^([^']*)'[^']*'(.*)$/s.exec(pieces[0]?.text ?? '') ?? [];
  const texts = pieces.map((piece, n) => (n === 0 && rest !== undefined ? { ...piece, text: rest } : piece));
  return decodeText(Buffer.concat(texts.map(({ text, encoded }) => bytesOf(text, encoded))), charset);
};

const bytesOf = (text: string, encoded: boolean): Buffer =>
  Buffer.from(
    encoded
      ? text.replace(/%([0-9A-Fa-f]{2})/g, (_, code: string) =>
          String.fromCharCode(Number.parseInt(code, 16)),
        )
      : text,
    'latin1',
  );
