import { parseDatePattern } from '../schedule/date-pattern.ts';
import type { Findings } from './findings.ts';
import type { Format } from './format.ts';
import type { Hole } from './holes.ts';
import { type Resolved, resolveName } from './names.ts';
import type { ListSlots, Reference, Slot } from './program.ts';
import type { KnownNames } from './values.ts';

type ColumnName = Extract<Resolved, { kind: 'column' }>;

/** Gives every value that a template needs one slot, and says what is wrong with those that it cannot have. */
export class SlotTable {
  readonly slots: Slot[] = [];
  readonly texts: string[] = [];
  private readonly rows: { name: string; slots: Slot[] }[] = [];
  private readonly indexes = new Map<string, number>();
  private readonly known: KnownNames;

  constructor(known: KnownNames) {
    this.known = known;
  }

  get lists(): readonly ListSlots[] {
    return this.rows;
  }

  list(name: string): number {
    const found = this.rows.findIndex((list) => list.name === name);
    return found >= 0 ? found : this.rows.push({ name, slots: [] }) - 1;
  }

  /** Undefined when the hole has a fault, which is then among the findings. */
  resolve(hole: Hole, list: string | undefined, findings: Findings): Reference | undefined {
    if (findings.full) return undefined;
    const resolved = resolveName(this.known, hole.name, list);
    if (resolved.kind === 'fault') {
      findings.fault(resolved.code, hole.start, resolved.facts);
      return undefined;
    }
    if (resolved.kind === 'text') return this.text(hole, list, findings);
    const format = formatOf(hole, findings);
    return format && this.column(hole, resolved, format);
  }

  private text(hole: Hole, list: string | undefined, findings: Findings): Reference | undefined {
    const facts = { name: hole.name };
    if (list !== undefined) findings.fault('text_in_list', hole.start, facts);
    else if (hole.format !== undefined) findings.fault('format_on_text', hole.start, facts);
    else {
      const found = this.texts.indexOf(hole.name);
      return { kind: 'text', text: found >= 0 ? found : this.texts.push(hole.name) - 1 };
    }
    return undefined;
  }

  private column(hole: Hole, { owner, mapping, column }: ColumnName, format: Format): Reference {
    const key = JSON.stringify([owner, mapping, column, format]);
    const slots = owner === 'row' ? this.rows[this.list(mapping)]?.slots : this.slots;
    let slot = this.indexes.get(key);
    if (slot === undefined && slots) {
      slot = slots.push({ owner, mapping, column, label: hole.name, format }) - 1;
      this.indexes.set(key, slot);
    }
    return { kind: owner === 'row' ? 'cell' : 'value', slot: slot ?? 0 };
  }
}

const formatOf = (hole: Hole, findings: Findings): Format | undefined => {
  const { name, format, argument } = hole;
  if (format === undefined) return { kind: 'plain' };
  if ((format === 'number' || format === 'mask') && argument === undefined) return { kind: format };
  if (format !== 'date') {
    const written = argument === undefined ? format : `${format}:${argument}`;
    findings.fault('unknown_format', hole.start, { name, format: written });
    return undefined;
  }
  const parsed = parseDatePattern(argument ?? '');
  if (parsed.ok) return { kind: 'date', pattern: parsed.pattern, text: argument ?? '' };
  findings.fault('bad_date_pattern', hole.start, { name, part: parsed.part });
  return undefined;
};
