/** A reply that is written while it is made; too long to be held. Its route names the type. */
export class Streamed {
  readonly fileName: string;
  readonly chunks: AsyncIterable<string>;

  constructor(fileName: string, chunks: AsyncIterable<string>) {
    this.fileName = fileName;
    this.chunks = chunks;
  }
}

/** Whether an Accept header asks for this type by its name. */
export const accepts = (header: string | undefined, type: string): boolean =>
  (header ?? '').split(',').some((range) => range.split(';')[0]?.trim().toLowerCase() === type);
