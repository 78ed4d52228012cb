import ts from 'typescript';
import { parse } from './imports.ts';
import type { SourceFile } from './source-files.ts';

export interface LateImport {
  readonly specifier: string;
  readonly names: readonly string[];
}

/** What a file takes out of `await import('package')`, by destructuring or by a member. */
export const lateImportsOf = (file: SourceFile): LateImport[] => {
  const found: LateImport[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = awaitedSpecifier(node);
    if (specifier) found.push({ specifier, names: namesTakenFrom(node) });
    ts.forEachChild(node, visit);
  };
  visit(parse(file));
  return found;
};

const awaitedSpecifier = (node: ts.Node): string | undefined => {
  if (!ts.isAwaitExpression(node) || !ts.isCallExpression(node.expression)) return undefined;
  const { expression, arguments: given } = node.expression;
  const [specifier] = given;
  const isImport = expression.kind === ts.SyntaxKind.ImportKeyword;
  return isImport && specifier && ts.isStringLiteralLike(specifier) ? specifier.text : undefined;
};

const namesTakenFrom = (awaited: ts.Node): string[] => {
  const { parent } = awaited;
  if (ts.isParenthesizedExpression(parent) && ts.isPropertyAccessExpression(parent.parent)) {
    return [parent.parent.name.text];
  }
  if (!ts.isVariableDeclaration(parent) || !ts.isObjectBindingPattern(parent.name)) return [];
  return parent.name.elements.map((element) => (element.propertyName ?? element.name).getText());
};
