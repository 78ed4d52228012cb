import type { Instruction } from './program.ts';

interface Cell {
  readonly kind: 'cell';
  readonly list: Instruction[];
  readonly start: number;
  hasContent: boolean;
  /** A line ended after content: if more follows, the cell has several lines. */
  ended: boolean;
  severalLines: boolean;
}

interface RowLayout {
  readonly kind: 'row';
  cells: number;
  /** The cell before had several lines: the next begins on its own. */
  afterBlock: boolean;
}

type Level = Cell | RowLayout | { readonly kind: 'table' } | { readonly kind: 'list' };

/** Deeper tables are laid out as plain lines; the bound keeps a hostile page linear. */
const DEEPEST = 300;

/**
 * Decides where a table's row gets its ` | `: between cells that hold something, so that the empty spacer cells of
 * layout tables leave no trace; a cell of several lines stands on lines of its own.
 */
export class TableLayout {
  private readonly levels: Level[] = [];

  open(element: string, list: Instruction[]): void {
    if (this.levels.length >= DEEPEST) return;
    if (element === 'table') this.levels.push({ kind: 'table' });
    else if (element === 'tr') this.openRow(list);
    else if (element === 'td' || element === 'th') this.openCell(list);
  }

  close(element: string, list: Instruction[]): void {
    if (element === 'td' || element === 'th') this.closeDownTo('cell', list);
    else if (element === 'tr') this.closeDownTo('row', list);
    else if (element === 'table') this.closeDownTo('table', list);
  }

  listStart(): void {
    this.levels.push({ kind: 'list' });
  }

  listEnd(): void {
    while (this.levels.length > 0 && this.levels.pop()?.kind !== 'list');
  }

  content(): void {
    for (const level of this.levels) {
      if (level.kind !== 'cell') continue;
      level.severalLines ||= level.ended;
      level.hasContent = true;
    }
  }

  /** False when the line end is to be left out: nothing stands in the cell yet. */
  lineEnd(): boolean {
    for (const level of this.levels) if (level.kind === 'cell') level.ended ||= level.hasContent;
    const innermost = this.levels.findLast((level) => level.kind === 'cell' || level.kind === 'table');
    return innermost?.kind !== 'cell' || innermost.hasContent;
  }

  private openRow(list: Instruction[]): void {
    this.closeDownTo('row', list);
    this.levels.push({ kind: 'row', cells: 0, afterBlock: false });
  }

  private openCell(list: Instruction[]): void {
    this.closeDownTo('cell', list);
    const start = list.length;
    const level = this.levels.at(-1);
    const repeated = level?.kind === 'list' && this.levels.at(-2)?.kind === 'row';
    if (level?.kind === 'row' && level.afterBlock) list.push({ kind: 'break', lines: 1 });
    else if (level?.kind === 'row' && level.cells > 0) list.push({ kind: 'separator', always: true });
    else if (repeated) list.push({ kind: 'separator', always: false });
    this.levels.push({ kind: 'cell', list, start, hasContent: false, ended: false, severalLines: false });
  }

  /** Ends the innermost level of this kind and what is open within it, but nothing of an outer table or list. */
  private closeDownTo(kind: 'cell' | 'row' | 'table', list: Instruction[]): void {
    const from = this.levels.findLastIndex((level) => level.kind === kind);
    const fence = this.levels.findLastIndex(
      (level) => level.kind === 'list' || (level.kind === 'table' && kind !== 'table'),
    );
    if (from < 0 || from < fence) return;
    while (this.levels.length > from) {
      const level = this.levels.pop();
      if (level?.kind === 'cell' && level.list === list) this.endCell(level);
    }
  }

  private endCell(cell: Cell): void {
    if (!cell.hasContent) {
      cell.list.length = cell.start;
      return;
    }
    while (isLineEnd(cell.list.at(-1))) cell.list.pop();
    const row = this.levels.at(-1);
    const separator = cell.list[cell.start];
    if (cell.severalLines && separator?.kind === 'separator')
      cell.list[cell.start] = { kind: 'break', lines: 1 };
    if (row?.kind !== 'row') return;
    row.cells++;
    row.afterBlock = cell.severalLines;
  }
}

const isLineEnd = (instruction: Instruction | undefined): boolean =>
  instruction?.kind === 'break' || instruction?.kind === 'newline' || instruction?.kind === 'space';
