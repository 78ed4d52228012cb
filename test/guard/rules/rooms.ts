/**
 * Who may import whom: the table of the house, in one place. An import for its type alone obeys it too,
 * because a type ties two rooms together all the same; where only the type is allowed, `types` says so.
 */
export const ROOMS = {
  domain: { rooms: ['domain'] },
  wire: { rooms: ['domain', 'wire'] },
  ports: { rooms: ['domain', 'ports'] },
  config: { rooms: ['domain', 'config'], node: 'any' },
  middleware: { rooms: ['domain', 'wire', 'ports', 'middleware'] },
  /** Of all adapters, only its own folder; its vendor's packages are in PACKAGES. */
  adapter: { rooms: ['domain', 'ports'], own: ['adapter'], node: 'any' },
  /** One adapter with a folder for each kind: CSV is staged in SQLite, and one file opens them all. */
  source: { rooms: ['domain', 'ports', 'source'], node: 'any' },
  /** Verbs that more than one function needs, for no function may reach into another. */
  'use-case': { rooms: ['domain', 'wire', 'ports', 'use-case'] },
  /** What a browser loads: it stands by itself, and its function has it as text. */
  page: { rooms: [], own: ['page'] },
  verb: { rooms: ['domain', 'wire', 'ports', 'use-case'], own: ['verb', 'page'] },
  handler: { rooms: ['domain', 'wire', 'ports', 'middleware', 'use-case'], own: ['verb', 'handler'] },
  index: { rooms: ['app'], own: ['handler'] },
  manifest: { rooms: ['domain', 'wire'], types: ['ports'], dynamic: ['index'] },
  /** The one place that constructs adapters. */
  app: { rooms: ['domain', 'ports', 'config', 'adapter', 'source', 'app'], node: 'any' },
  local: { rooms: ['domain', 'wire', 'ports', 'config', 'app', 'manifest', 'index', 'local'], node: 'any' },
  bootstrap: { rooms: ['bootstrap'], node: 'any' },
  infra: { rooms: ['infra', 'manifest', 'keys'], node: 'any' },
  /** A part of config that infra may read by itself. */
  keys: { rooms: ['domain', 'keys'] },
  test: { rooms: [] },
} as const satisfies Record<string, RoomRule>;

export type Room = keyof typeof ROOMS;

export interface RoomRule {
  readonly rooms: readonly string[];
  /** Rooms that may be imported for a type. */
  readonly types?: readonly string[];
  /** Rooms that may be loaded with import(). */
  readonly dynamic?: readonly string[];
  /** Rooms that may be imported within the same folder. */
  readonly own?: readonly string[];
  /** Node's own modules: all of them, or none beyond PURE_NODE. */
  readonly node?: 'any';
}

export interface Place {
  readonly room: Room;
  /** The function or the adapter to which the file belongs. */
  readonly owner?: string;
}

const PLACES: readonly (readonly [RegExp, Room])[] = [
  [/^shared\/domain\//, 'domain'],
  [/^shared\/wire\//, 'wire'],
  [/^shared\/ports\//, 'ports'],
  [/^shared\/config\/keys?(-[a-z]+)?\.ts$/, 'keys'],
  [/^shared\/config\//, 'config'],
  [/^shared\/middleware\//, 'middleware'],
  [/^shared\/use-cases\//, 'use-case'],
  [/^shared\/adapters\/sources\/(?:([^/]+)\/)?/, 'source'],
  [/^shared\/adapters\/([^/]+)\//, 'adapter'],
  [/^shared\/app(?:\.ts$|\/)/, 'app'],
  [/^functions\/manifest\.ts$/, 'manifest'],
  [/^functions\/([^/]+)\/index\.ts$/, 'index'],
  [/^functions\/([^/]+)\/handler\.ts$/, 'handler'],
  [/^functions\/([^/]+)\/static\//, 'page'],
  [/^functions\/([^/]+)\/.+\.ts$/, 'verb'],
  [/^local\/(?:tank|setup\/[^/]+)\.mjs$/, 'bootstrap'],
  [/^local\//, 'local'],
  [/^infra\//, 'infra'],
  [/^test\//, 'test'],
];

export const placeOf = (path: string): Place | undefined => {
  for (const [pattern, room] of PLACES) {
    const match = pattern.exec(path);
    if (match) return { room, ...(match[1] && { owner: match[1] }) };
  }
  return undefined;
};

/** `keys` is within config for everybody but infra. */
export const isOpenTo = (rooms: readonly string[], target: Room): boolean =>
  rooms.includes(target) || (target === 'keys' && rooms.includes('config'));
