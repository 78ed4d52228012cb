/** A list of addresses that somebody else keeps: a CSV file behind an address. */
export interface BlockList {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly createdAt: number;
  readonly createdBy: string;
  /** When its content was last known to be good; none: it has never been. */
  readonly fetchedAt?: number;
  readonly entries: number;
  /** Of the content that is in force, so that the same content costs nothing. */
  readonly contentHash?: string;
  readonly etag?: string;
  /** Why the last look failed. */
  readonly fault?: string;
}

export interface ListEntry {
  readonly addressHash: string;
  readonly masked: string;
}

/** The whole content of a list, as it was fetched. */
export interface ListContent {
  readonly contentHash: string;
  readonly etag?: string;
  readonly entries: readonly ListEntry[];
}

export interface BlockLists {
  list(): Promise<readonly BlockList[]>;
  /** False: there is one of this name. */
  add(list: Pick<BlockList, 'id' | 'name' | 'url' | 'createdBy'>): Promise<boolean>;
  /** With its entries. */
  remove(id: string): Promise<boolean>;
  /** One that was not looked at for so long, and that nobody else looks at now. */
  takeDue(everyMs: number): Promise<BlockList | undefined>;
  /** Due at once. */
  ask(id: string): Promise<boolean>;
  /** The content as it is now takes the place of the one before; until it is whole, the one before stays in force as well. */
  replace(id: string, content: ListContent): Promise<void>;
  confirm(id: string): Promise<void>;
  fail(id: string, fault: string): Promise<void>;
  /** Those of these names that nobody knows, or whose content is older than so long. */
  staleAmong(names: readonly string[], maxAgeMs: number): Promise<readonly string[]>;
}
