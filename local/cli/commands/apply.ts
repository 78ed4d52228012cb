import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { parseAllDocuments } from 'yaml';
import { adminApi } from '../../../shared/wire/admin-api.ts';
import { Exit } from '../exit.ts';
import { createOutput } from '../output.ts';
import { openSession } from '../session.ts';

export const addApply = (program: Command): void => {
  program
    .command('apply <files...>')
    .description(
      'Apply sources and automations from YAML files; checks everything first, changes nothing on a fault',
    )
    .option('--json', 'print JSON')
    .action(async (files: readonly string[], { json }: { json?: true }) => {
      const documents = (await Promise.all(files.map(readDocuments))).flat();
      const { operator } = openSession();
      const saved = await operator.call(adminApi.applyDefinitions, { body: { documents } });
      createOutput(json === true).result(saved, () =>
        [...saved.sources, ...saved.automations].map(
          ({ name, version, changed }) =>
            `${name}: ${changed ? `saved as version ${version}` : `unchanged, version ${version}`}`,
        ),
      );
    });
};

type Document = Record<string, unknown>;

const readDocuments = async (file: string): Promise<readonly Document[]> => {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Exit(2, `${file} cannot be read (${error.code}).`);
  });
  return Promise.all(parseDocuments(text, file).map((document) => withFiles(document, dirname(file))));
};

export const parseDocuments = (text: string, file: string): readonly Document[] =>
  parseAllDocuments(text).flatMap((document): Document[] => {
    const [fault] = document.errors;
    if (fault) throw new Exit(2, `${file}: ${fault.message}`);
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
  if (typeof mail?.htmlFile !== 'string') return document;
  const { htmlFile, ...rest } = mail;
  const html = await readFile(resolve(folder, htmlFile), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Exit(2, `mail.htmlFile ${htmlFile} cannot be read (${error.code}).`);
  });
  return { ...document, mail: { ...rest, html } };
};

const isFileSource = ({ kind, url }: Document): boolean =>
  (kind === 'sqlite' || kind === 'csv') && typeof url === 'string';
