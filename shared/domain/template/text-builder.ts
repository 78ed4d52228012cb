import { decodeEntities } from './entities.ts';
import type { Instruction, Place, Reference, UrlPart } from './program.ts';
import { TableLayout } from './table-layout.ts';

/** How many line ends stand around an element at least; two of them make an empty line. */
const BREAKS: ReadonlyMap<string, number> = new Map([
  ...lines(2, 'p h1 h2 h3 h4 h5 h6 ul ol dl table blockquote pre'),
  ...lines(1, 'div section article aside header footer main nav address tr li dt dd form fieldset center'),
  ...lines(1, 'figure figcaption caption thead tbody tfoot body html'),
]);

function lines(count: number, names: string): [string, number][] {
  return names.split(' ').map((name) => [name, count]);
}

/** Soft hyphens and joiners only pad the preview line of a mail program. */
const INVISIBLE = /\u034f|[\u00ad\u2060\ufeff]|[\u200b-\u200d]/g;
const BLANKS = /[\s\u00a0]+/g;

interface OpenLink {
  readonly parts: readonly UrlPart[];
  /** The link's words while they hold no value: a link that shows its own address is not written twice. */
  words: string;
}

/** Derives the plain-text program from the same tokens as the HTML: lines, `text (url)`, `a | b` for a table's row. */
export class TextBuilder {
  private readonly lists: Instruction[][] = [[]];
  private readonly tables = new TableLayout();
  private link: OpenLink | undefined;

  words(written: string): void {
    const text = decodeEntities(written).replace(INVISIBLE, '').replace(BLANKS, ' ');
    if (text.startsWith(' ')) this.space();
    if (text.trim() !== '') {
      if (this.link) this.link.words += text.trim();
      this.content({ kind: 'bytes', bytes: Buffer.from(text.trim(), 'utf8') });
    }
    if (text.endsWith(' ') && text.length > 1) this.space();
  }

  write(reference: Reference, place: Place): void {
    if (this.link) this.link.words += '\0';
    this.content({ kind: 'write', reference, place });
  }

  open(element: string): void {
    if (element === 'br') this.lineEnd({ kind: 'newline' });
    if (element === 'hr') this.rule();
    this.breakAround(element);
    this.tables.open(element, this.current());
    if (element === 'li') this.words('- ');
  }

  close(element: string): void {
    if (element === 'a') this.linkEnd();
    this.tables.close(element, this.current());
    this.breakAround(element);
  }

  linkStart(parts: readonly UrlPart[]): void {
    this.linkEnd();
    this.link = { parts, words: '' };
  }

  listStart(): void {
    this.tables.listStart();
    this.lists.push([]);
  }

  listEnd(list: number): void {
    this.tables.listEnd();
    const body = this.lists.pop() ?? [];
    this.content({ kind: 'list', list, body });
  }

  finish(): readonly Instruction[] {
    this.linkEnd();
    return this.lists[0] ?? [];
  }

  private linkEnd(): void {
    const link = this.link;
    this.link = undefined;
    if (!link || !isWorthShowing(link)) return;
    this.space();
    this.content({ kind: 'link', parts: link.parts });
  }

  private rule(): void {
    this.break(1);
    this.words('----');
    this.break(1);
  }

  private breakAround(element: string): void {
    const count = BREAKS.get(element);
    if (count !== undefined) this.break(count);
  }

  private break(count: number): void {
    this.lineEnd({ kind: 'break', lines: count });
  }

  private lineEnd(instruction: Instruction): void {
    if (this.tables.lineEnd()) this.current().push(instruction);
  }

  private space(): void {
    this.current().push({ kind: 'space' });
  }

  private content(instruction: Instruction): void {
    this.tables.content();
    this.current().push(instruction);
  }

  private current(): Instruction[] {
    const list = this.lists.at(-1);
    if (!list) throw new RangeError('a list ended that never began');
    return list;
  }
}

const isWorthShowing = ({ parts, words }: OpenLink): boolean => {
  const [first = ''] = parts;
  if (parts.length > 1 || typeof first !== 'string') return true;
  const shown = words.replace(/^https?:\/\/|\/$/gi, '');
  const target = first.replace(/^(?:https?:\/\/|mailto:|tel:)|\/$/gi, '');
  return target !== '' && !/^(?:#|javascript:)/i.test(first) && shown !== target;
};
