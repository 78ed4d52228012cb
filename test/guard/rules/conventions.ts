import ts from 'typescript';
import { lineOf, parse } from './imports.ts';
import type { SourceFile } from './source-files.ts';

/** Places where a file reads `process.env`, or takes `env` out of `node:process`. */
export const environmentReads = (file: SourceFile): string[] =>
  placesOf(file, (node) => isMember(node, 'process', 'env') || takesOut(node, 'env')).map(
    (line) => `${file.path}:${line} reads the environment`,
  );

/** Places where a file prints by itself instead of through the log. */
export const consoleCalls = (file: SourceFile): string[] =>
  placesOf(file, (node) => ts.isIdentifier(node) && node.text === 'console' && isObject(node)).map(
    (line) => `${file.path}:${line} prints with console`,
  );

export const lineCount = ({ text }: SourceFile): number => text.trimEnd().split('\n').length;

/** Kebab-case in every part of the path; a leading underscore marks a file that is only sourced. */
export const hasKebabName = (path: string): boolean =>
  path.split('/').every((part) => /^[._]?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+([_-][a-z0-9]+)*)*$/.test(part));

/** Domains that are reserved for examples and tests (RFC 2606, RFC 6761), and the SES simulator. */
const MADE_UP = /(^|\.)(example\.(com|org|net)|example|test|invalid|localhost|simulator\.amazonses\.com)$/i;
const ADDRESS = /[\p{L}\p{N}._%+-]+@((?:[\p{L}\p{N}-]+\.)+\p{L}{2,})/gu;

/** Mail addresses that could belong to somebody, but for those at excused domains. */
export const foreignAddresses = ({ path, text }: SourceFile, excused: readonly string[] = []): string[] =>
  [...text.matchAll(ADDRESS)]
    .filter(([, domain]) => !MADE_UP.test(domain ?? '') && !excused.includes(domain ?? ''))
    .map(([address]) => `${path} names ${address}`);

/** Whether a test file asks for anything itself; suites that it calls are followed by the caller. */
export const expectsSomething = (file: SourceFile): boolean =>
  placesOf(file, (node) => ts.isCallExpression(node) && /^(expect|assert)/.test(rootName(node.expression)))
    .length > 0;

const placesOf = (file: SourceFile, isHit: (node: ts.Node) => boolean): number[] => {
  const source = parse(file);
  const lines: number[] = [];
  const visit = (node: ts.Node): void => {
    if (isHit(node)) lines.push(lineOf(source, node));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return lines;
};

const isMember = (node: ts.Node, object: string, member: string): boolean => {
  if (ts.isPropertyAccessExpression(node))
    return endsWith(node.expression, object) && node.name.text === member;
  if (!ts.isElementAccessExpression(node) || !endsWith(node.expression, object)) return false;
  return ts.isStringLiteralLike(node.argumentExpression) && node.argumentExpression.text === member;
};

/** `process` and `globalThis.process` are the same. */
const endsWith = (node: ts.Expression, name: string): boolean =>
  ts.isIdentifier(node) ? node.text === name : ts.isPropertyAccessExpression(node) && node.name.text === name;

/** `const { env } = process` and `import { env } from 'node:process'`. */
const takesOut = (node: ts.Node, name: string): boolean => {
  if (ts.isImportSpecifier(node)) {
    const from = node.parent.parent.parent.moduleSpecifier;
    return (
      (node.propertyName ?? node.name).text === name &&
      ts.isStringLiteral(from) &&
      /^(node:)?process$/.test(from.text)
    );
  }
  if (!ts.isBindingElement(node) || !ts.isVariableDeclaration(node.parent.parent)) return false;
  const { initializer } = node.parent.parent;
  const taken = node.propertyName ?? node.name;
  return initializer !== undefined && endsWith(initializer, 'process') && taken.getText() === name;
};

const isObject = (node: ts.Identifier): boolean => {
  const { parent } = node;
  if (ts.isElementAccessExpression(parent)) return parent.expression === node;
  return ts.isPropertyAccessExpression(parent) && (parent.expression === node || parent.name === node);
};

const rootName = (node: ts.Expression): string => {
  if (ts.isIdentifier(node)) return node.text;
  if (ts.isPropertyAccessExpression(node) || ts.isCallExpression(node)) return rootName(node.expression);
  return '';
};
