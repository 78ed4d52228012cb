/** One part of a mail, as far as a report has to be read: its fields, and its body as bytes in Latin-1. */
export interface MimePart {
  readonly fields: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Nested deeper than any report, and shallow enough for whatever somebody sends. */
const MAX_DEPTH = 5;
const MAX_PARTS = 50;

/** All parts that hold no others, in their order; of an enclosed mail the mail itself as a part. */
export const partsOf = (mail: string): readonly MimePart[] => collect(splitPart(mail), 0).slice(0, MAX_PARTS);

const collect = (part: MimePart, depth: number): readonly MimePart[] => {
  const boundary = boundaryOf(part.fields.get('content-type') ?? '');
  if (boundary === undefined || depth >= MAX_DEPTH) return [part];
  return splitAt(part.body, boundary).flatMap((inner) => collect(splitPart(inner), depth + 1));
};

const BLANK_LINE = /\r?\n\r?\n/;

/** The head ends at the first blank line; a part may have no head at all. */
export const splitPart = (text: string): MimePart => {
  if (/^\r?\n/.test(text)) return { fields: new Map(), body: text.replace(/^\r?\n/, '') };
  const blank = BLANK_LINE.exec(text);
  if (!blank) return { fields: readFields(text), body: '' };
  return { fields: readFields(text.slice(0, blank.index)), body: text.slice(blank.index + blank[0].length) };
};

/** Names in lower case, folded lines joined; of a name that comes twice, the first. */
export const readFields = (head: string): ReadonlyMap<string, string> => {
  const fields = new Map<string, string>();
  for (const line of head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const [, name, value] = /^([!-9;-~]+)[ \t]*:[ \t]*(.*)$/.exec(line) ?? [];
    if (name !== undefined && !fields.has(name.toLowerCase()))
      fields.set(name.toLowerCase(), value?.trim() ?? '');
  }
  return fields;
};

const boundaryOf = (contentType: string): string | undefined => {
  if (!/^multipart\//i.test(contentType)) return undefined;
  const [, quoted, plain] = /;\s*boundary\s*=\s*(?:"([^"]+)"|([^\s;"]+))/i.exec(contentType) ?? [];
  return quoted ?? plain;
};

const splitAt = (body: string, boundary: string): readonly string[] => {
  const parts: string[] = [];
  let current: string[] | undefined;
  for (const line of body.split(/\r?\n/)) {
    const bare = line.trimEnd();
    if (bare !== `--${boundary}` && bare !== `--${boundary}--`) {
      current?.push(line);
      continue;
    }
    if (current) parts.push(current.join('\n'));
    current = bare === `--${boundary}` ? [] : undefined;
  }
  if (current) parts.push(current.join('\n'));
  return parts;
};
