import type { Instruction, Place, Reference } from './program.ts';

/** Writes the HTML program: what the author wrote, byte for byte, with values between. */
export class HtmlBuilder {
  private readonly lists: Instruction[][] = [[]];
  private pending = '';

  static(text: string): void {
    this.pending += text;
  }

  write(reference: Reference, place: Place): void {
    this.add({ kind: 'write', reference, place });
  }

  listStart(): void {
    this.flush();
    this.lists.push([]);
  }

  listEnd(list: number): void {
    this.flush();
    const body = this.lists.pop() ?? [];
    this.add({ kind: 'list', list, body });
  }

  finish(): readonly Instruction[] {
    this.flush();
    return this.lists[0] ?? [];
  }

  private add(instruction: Instruction): void {
    this.flush();
    this.lists.at(-1)?.push(instruction);
  }

  private flush(): void {
    if (this.pending === '') return;
    this.lists.at(-1)?.push({ kind: 'bytes', bytes: Buffer.from(this.pending, 'utf8') });
    this.pending = '';
  }
}
