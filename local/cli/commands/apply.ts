import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { parseAllDocuments } from 'yaml';
import { adminApi } from '../../../shared/wire/admin-api.ts';
import { Exit } from '../exit.ts';
import { createOutput } from '../output.ts';
import { readText } from '../read-text.ts';
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
type Parsed = ReturnType<typeof parseAllDocuments>[number];

const readDocuments = async (file: string): Promise<readonly Document[]> => {
  const documents = parseDocuments(await readText(file), file);
  if (documents.length === 0) throw new Exit(2, `${file} holds no definition.`);
  return Promise.all(documents.map((document) => withFiles(document, dirname(file))));
};

export const parseDocuments = (text: string, file: string): readonly Document[] =>
  parseAllDocuments(text).flatMap((document): Document[] => {
    const [fault] = document.errors;
    if (fault) throw new Exit(2, `${file}: ${fault.message.trimEnd()}`);
    const value = toValue(document, file);
    if (value === null) return [];
    if (typeof value !== 'object' || Array.isArray(value))
      throw new Exit(2, `${file}: a document is a mapping such as "source: core-db".`);
    return [value as Document];
  });

const toValue = (document: Parsed, file: string): unknown => {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw new Exit(2, `${file}: ${cause instanceof Error ? cause.message : 'it cannot be read as YAML'}`);
  }
};

/** Paths in a definition are meant from where its file lies: the template, and the file of a small source. */
const withFiles = async (document: Document, folder: string): Promise<Document> => {
  if (isFileSource(document)) return { ...document, url: resolve(folder, String(document.url)) };
  const { mail } = document as { mail?: Document };
  if (typeof mail?.htmlFile !== 'string') return document;
  const { htmlFile, ...rest } = mail;
  const html = await readText(resolve(folder, htmlFile));
  return { ...document, mail: { ...rest, html } };
};

const isFileSource = ({ kind, url }: Document): boolean =>
  (kind === 'sqlite' || kind === 'csv') && typeof url === 'string';
