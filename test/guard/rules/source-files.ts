import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A file as the guards see it: its path from the root, with slashes, and what is written in it. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export const ROOT = resolve(import.meta.dirname, '../../..');
const PASSED_OVER = new Set(['node_modules', 'dist', 'cdk.out', 'coverage', '.tank', '.tank-demo', '.git']);

/** Everything beneath these places that ends with one of the endings. */
export const filesOf = (root: string, places: readonly string[], endings: readonly string[]): SourceFile[] =>
  places
    .flatMap((place) => pathsBeneath(root, place))
    .filter((path) => endings.some((ending) => path.endsWith(ending)))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

export const pathsBeneath = (root: string, place: string): string[] => {
  const whole = join(root, place);
  if (!existsSync(whole)) return [];
  if (!statSync(whole).isDirectory()) return [place];
  return readdirSync(whole, { withFileTypes: true })
    .filter((entry) => !PASSED_OVER.has(entry.name))
    .flatMap((entry) => pathsBeneath(root, `${place}/${entry.name}`));
};
