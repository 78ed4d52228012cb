import type { Command } from 'commander';
import { MANIFEST } from '../../../functions/manifest.ts';
import { openApiDocument } from '../../../shared/wire/openapi.ts';

export const addOpenApi = (program: Command): void => {
  program
    .command('openapi')
    .description('Print the OpenAPI document of the HTTP API')
    .action(() => {
      const document = openApiDocument(MANIFEST.flatMap(({ http }) => (http ? [http] : [])));
      process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    });
};
