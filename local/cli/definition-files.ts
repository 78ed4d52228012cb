import { dirname, resolve } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { languageOf } from '../../shared/wire/problem.ts';
import { Exit } from './exit.ts';
import { LOCALE } from './locale.ts';
import { readText } from './read-text.ts';
import { describeYamlFault } from './yaml-fault.ts';

export type Document = Record<string, unknown>;

/** All documents of YAML files, with what lies in files beside them read into them. */
export const readDefinitionFiles = async (files: readonly string[]): Promise<readonly Document[]> =>
  (await Promise.all(files.map(readDocuments))).flat();

const readDocuments = async (file: string): Promise<readonly Document[]> => {
  const documents = parseDocuments(await readText(file), file);
  if (documents.length === 0) throw new Exit(2, `${file} holds no definition.`);
  return Promise.all(documents.map((document) => withFiles(document, dirname(file))));
};

export const parseDocuments = (text: string, file: string): readonly Document[] =>
  parseAllDocuments(text).flatMap((document): Document[] => {
    const [fault] = document.errors;
    if (fault) throw new Exit(2, `${file}: ${describeYamlFault(fault, languageOf(LOCALE))}`);
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    if (value === null) return [];
    if (typeof value !== 'object' || Array.isArray(value))
      throw new Exit(2, `${file}: a document is a mapping such as "source: core-db".`);
    return [value as Document];
  });

/** Paths in a definition are meant from where its file lies: the template, and the file of a small source. */
const withFiles = async (document: Document, folder: string): Promise<Document> => {
  if (isFileSource(document)) return { ...document, url: resolve(folder, String(document.url)) };
  const { mail } = document as { mail?: Document };
  if (typeof mail?.htmlFile !== 'string' || mail.html !== undefined) return document;
  const { htmlFile, ...rest } = mail;
  const html = await readText(resolve(folder, htmlFile), `mail.htmlFile ${htmlFile}`);
  return { ...document, mail: { ...rest, html } };
};

const isFileSource = ({ kind, url }: Document): boolean =>
  (kind === 'sqlite' || kind === 'csv') && typeof url === 'string';

/** The order is the one of the schema, lines are not folded: what changed is what a diff shows. */
export const writeDocuments = (documents: readonly object[]): string =>
  documents.map((document) => stringify(document, { lineWidth: 0 })).join('---\n');
