import type { Facts } from '../errors.ts';
import { nearest } from '../nearest.ts';
import type { TemplateFaultCode } from './faults.ts';
import { type KnownNames, TARGET_QUALIFIER } from './values.ts';

export type Resolved =
  | {
      readonly kind: 'column';
      readonly owner: 'target' | 'simple' | 'row';
      readonly mapping: string;
      readonly column: string;
    }
  | { readonly kind: 'text'; readonly name: string }
  | { readonly kind: 'fault'; readonly code: TemplateFaultCode; readonly facts: Facts };

type Column = Extract<Resolved, { kind: 'column' | 'text' }>;

const NAME = /^[\p{L}_][\p{L}\p{M}\p{N}_$#]*(?:\.[\p{L}_][\p{L}\p{M}\p{N}_$#]*)?$/u;

/** What a name means; within a list the list's own columns come first. */
export const resolveName = (known: KnownNames, name: string, list: string | undefined): Resolved => {
  if (!NAME.test(name)) return { kind: 'fault', code: 'malformed_variable', facts: { name } };
  const dot = name.indexOf('.');
  if (dot >= 0) return resolveQualified(known, name, name.slice(0, dot), name.slice(dot + 1), list);
  if (list !== undefined && columnsOf(known.lists, list).includes(name)) return rowColumn(list, name);
  const owners = ownersOf(known, name);
  const [only] = owners;
  if (owners.length > 1) return ambiguous(name, owners);
  return only ?? unknown(known, name, list);
};

const columnsOf = (mappings: KnownNames['lists'], name: string): readonly string[] =>
  Object.hasOwn(mappings, name) ? (mappings[name] ?? []) : [];

const rowColumn = (mapping: string, column: string): Column => ({
  kind: 'column',
  owner: 'row',
  mapping,
  column,
});
const targetColumn = (column: string): Column => ({
  kind: 'column',
  owner: 'target',
  mapping: TARGET_QUALIFIER,
  column,
});

const ownersOf = (known: KnownNames, name: string): Column[] => {
  const owners: Column[] = known.target.includes(name) ? [targetColumn(name)] : [];
  for (const [mapping, columns] of Object.entries(known.simple)) {
    if (columns.includes(name)) owners.push({ kind: 'column', owner: 'simple', mapping, column: name });
  }
  if (known.texts.includes(name)) owners.push({ kind: 'text', name });
  return owners;
};

const resolveQualified = (
  known: KnownNames,
  name: string,
  owner: string,
  column: string,
  list: string | undefined,
): Resolved => {
  if (owner === list && columnsOf(known.lists, owner).includes(column)) return rowColumn(owner, column);
  if (owner === TARGET_QUALIFIER && known.target.includes(column)) return targetColumn(column);
  if (columnsOf(known.simple, owner).includes(column))
    return { kind: 'column', owner: 'simple', mapping: owner, column };
  if (columnsOf(known.lists, owner).includes(column)) return outside(name, owner);
  return unknown(known, name, list);
};

const outside = (name: string, list: string): Resolved => ({
  kind: 'fault',
  code: 'list_column_outside',
  facts: { name, list },
});

const ambiguous = (name: string, owners: readonly Column[]): Resolved => {
  const mappings = owners.map((owner) => (owner.kind === 'text' ? owner.name : owner.mapping));
  const qualified = owners.flatMap((owner) => (owner.kind === 'text' ? [] : [`$(${owner.mapping}.${name})`]));
  const facts = { name, owners: mappings.join(', '), qualified: qualified.join(' / ').slice(2, -1) };
  return { kind: 'fault', code: 'ambiguous_variable', facts };
};

const unknown = (known: KnownNames, name: string, list: string | undefined): Resolved => {
  const elsewhere = Object.entries(known.lists).find(([, columns]) => columns.includes(name));
  if (elsewhere && list === undefined) return outside(name, elsewhere[0]);
  const meant = nearest(name, name.includes('.') ? qualifiedNames(known, list) : plainNames(known, list));
  if (meant === undefined) return { kind: 'fault', code: 'unknown_variable', facts: { name } };
  return { kind: 'fault', code: 'unknown_variable_near', facts: { name, nearest: meant } };
};

const plainNames = (known: KnownNames, list: string | undefined): string[] => [
  ...(list === undefined ? [] : columnsOf(known.lists, list)),
  ...known.target,
  ...Object.values(known.simple).flat(),
  ...known.texts,
];

const qualifiedNames = (known: KnownNames, list: string | undefined): string[] => [
  ...(list === undefined ? [] : columnsOf(known.lists, list).map((column) => `${list}.${column}`)),
  ...known.target.map((column) => `${TARGET_QUALIFIER}.${column}`),
  ...Object.entries(known.simple).flatMap(([mapping, columns]) =>
    columns.map((column) => `${mapping}.${column}`),
  ),
];
