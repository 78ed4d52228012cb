import ts from 'typescript';
import type { SourceFile } from './source-files.ts';

export interface Import {
  readonly line: number;
  /** What is imported as it is written; none when it is computed and nobody can tell. */
  readonly specifier?: string;
  readonly how: 'value' | 'type' | 'dynamic';
}

/** Every way in which a file can reach another: import, export from, import(), require(), import types. */
export const importsOf = ({ path, text }: SourceFile): Import[] => {
  const source = parse({ path, text });
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    const reached = reachOf(node);
    if (reached) found.push({ ...reached, line: lineOf(source, node) });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
};

export const parse = ({ path, text }: SourceFile): ts.SourceFile =>
  ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);

export const lineOf = (source: ts.SourceFile, node: ts.Node): number =>
  source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;

type Reach = Omit<Import, 'line'>;

const reachOf = (node: ts.Node): Reach | undefined => {
  if (ts.isImportDeclaration(node)) {
    return { ...literal(node.moduleSpecifier), how: isTypeOnly(node.importClause) ? 'type' : 'value' };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
    return { ...literal(node.moduleSpecifier), how: node.isTypeOnly ? 'type' : 'value' };
  }
  if (ts.isImportTypeNode(node)) {
    return { ...(ts.isLiteralTypeNode(node.argument) ? literal(node.argument.literal) : {}), how: 'type' };
  }
  return ts.isCallExpression(node) ? reachOfCall(node) : undefined;
};

/** `require(…)`, `createRequire(…)(…)` and `process.getBuiltinModule(…)`. */
const LOADERS = /^(require(\.resolve)?|createRequire\(.*\)|(globalThis\.)?process\.getBuiltinModule)$/s;

const reachOfCall = (call: ts.CallExpression): Reach | undefined => {
  const { expression } = call;
  const loads = expression.kind === ts.SyntaxKind.ImportKeyword || LOADERS.test(expression.getText());
  return loads ? { ...literal(call.arguments[0]), how: 'dynamic' } : undefined;
};

const isTypeOnly = (clause: ts.ImportClause | undefined): boolean =>
  clause?.phaseModifier === ts.SyntaxKind.TypeKeyword;

const literal = (node: ts.Node | undefined): { specifier?: string } =>
  node && ts.isStringLiteralLike(node) ? { specifier: node.text } : {};
