import { posix } from 'node:path';
import { type Import, importsOf } from './imports.ts';
import { isPackageOpenTo, PURE_NODE, packageOf } from './packages.ts';
import { isOpenTo, type Place, placeOf, ROOMS, type RoomRule } from './rooms.ts';
import type { SourceFile } from './source-files.ts';

export interface Exemption {
  readonly file: string;
  readonly specifier: string;
  readonly reason: string;
}

/** What each file imports against the table, as sentences; none when all is well. */
export const judgeImports = (files: readonly SourceFile[], exemptions: readonly Exemption[] = []): string[] =>
  files.flatMap((file) => {
    const place = placeOf(file.path);
    if (!place) return [`${file.path} stands in no room of the house`];
    return importsOf(file)
      .filter(
        ({ specifier }) =>
          !exemptions.some((e) => e.file === file.path && e.specifier === (specifier ?? '?')),
      )
      .flatMap((found) =>
        faultOf(file.path, place, found).map((fault) => `${file.path}:${found.line} ${fault}`),
      );
  });

const faultOf = (path: string, place: Place, found: Import): string[] => {
  const { specifier } = found;
  if (specifier === undefined) return ['loads a module by a computed name, which no guard can follow'];
  if (specifier.startsWith('.')) return faultOfFile(posix.join(posix.dirname(path), specifier), place, found);
  if (specifier.startsWith('node:')) {
    return mayUseNode(place, specifier) ? [] : [`${place.room} may not import ${specifier}`];
  }
  return isPackageOpenTo(packageOf(specifier), place, found.how)
    ? []
    : [`${described(place)} may not import the package ${packageOf(specifier)}`];
};

const mayUseNode = ({ room }: Place, specifier: string): boolean => {
  const rule: RoomRule = ROOMS[room];
  return rule.node === 'any' || PURE_NODE.includes(specifier);
};

const faultOfFile = (target: string, place: Place, { how }: Import): string[] => {
  const other = placeOf(target);
  if (!other) return [`imports ${target}, which stands in no room of the house`];
  if (isAllowed(place, other, how)) return [];
  return [`${described(place)} may not ${VERBS[how]} ${described(other)} (${target})`];
};

const VERBS = { value: 'import', type: 'import a type of', dynamic: 'load' } as const;

const isAllowed = (from: Place, to: Place, how: Import['how']): boolean => {
  const rule: RoomRule = ROOMS[from.room];
  if (isOpenTo(rule.rooms, to.room)) return true;
  if (from.owner !== undefined && from.owner === to.owner && (rule.own ?? []).includes(to.room)) return true;
  return isOpenTo((how === 'type' && rule.types) || (how === 'dynamic' && rule.dynamic) || [], to.room);
};

const described = ({ room, owner }: Place): string => (owner ? `${room} of ${owner}` : room);
