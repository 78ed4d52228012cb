import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { definitionJsonSchema } from '../../shared/wire/automation.ts';

/** For editors: `# yaml-language-server: $schema=docs/automation.schema.json` at the head of a definition. */
export const automationSchema = (): string => `${JSON.stringify(definitionJsonSchema(), null, 2)}\n`;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  writeFileSync('docs/automation.schema.json', automationSchema());
