import { ERRORS } from '../../shared/domain/errors.ts';
import { MENDS } from '../../shared/domain/mends.ts';
import { DOCS_STYLE } from '../../shared/wire/docs-api.ts';
import type { OpenApiDocument } from '../../shared/wire/openapi.ts';

/** The OpenAPI document as one page that loads nothing and runs nothing. */
export const docsPage = (document: OpenApiDocument): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tank API</title><style>${DOCS_STYLE}</style></head>
<body>
<h1>Tank API</h1>
<p>${escaped(String(document.info.description ?? ''))} The same for programs: <a href="/api/openapi.json">openapi.json</a>.</p>
<nav>${document.tags.map(({ name }) => `<a href="#${escaped(String(name))}">${escaped(String(name))}</a>`).join(' ')} <a href="#error-codes">error codes</a></nav>
${document.tags.map(({ name }) => section(String(name), document)).join('\n')}
${errorSection()}
</body>
</html>
`;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign);

const section = (tag: string, { paths }: OpenApiDocument): string => {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => Array.isArray(operation.tags) && operation.tags[0] === tag)
      .map(([method, operation]) => operationOf(method, path, operation)),
  );
  return `<h2 id="${escaped(tag)}">${escaped(tag)}</h2>\n${operations.join('\n')}`;
};

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const operationOf = (method: string, path: string, operation: JsonObject): string => `<details>
<summary><code>${method.toUpperCase()} ${escaped(path)}</code> ${escaped(String(operation.summary))}</summary>
<p>Needs: <code>${escaped(String(operation['x-permission']))}</code></p>
${parametersOf(operation.parameters)}
${bodyOf('Body', operation.requestBody)}
${Object.entries(isObject(operation.responses) ? operation.responses : {})
  .filter(([status]) => /^2/.test(status))
  .map(([status, reply]) => bodyOf(`Reply ${status}`, reply))
  .join('\n')}
</details>`;

const parametersOf = (parameters: unknown): string => {
  if (!Array.isArray(parameters) || parameters.length === 0) return '';
  const rows = parameters
    .filter(isObject)
    .map(
      ({ name, in: place, required, schema }) =>
        `<tr><td><code>${escaped(String(name))}</code></td><td>${escaped(String(place))}</td><td>${required ? 'required' : ''}</td><td><code>${escaped(JSON.stringify(schema))}</code></td></tr>`,
    );
  return `<table><tr><th>parameter</th><th>in</th><th></th><th>schema</th></tr>${rows.join('')}</table>`;
};

const bodyOf = (title: string, given: unknown): string => {
  const content = isObject(given) && isObject(given.content) ? given.content : {};
  return Object.entries(content)
    .map(
      ([type, body]) =>
        `<h4>${escaped(title)}, ${escaped(type)}</h4><pre>${escaped(JSON.stringify(isObject(body) ? body.schema : body, null, 2))}</pre>`,
    )
    .join('');
};

const errorSection = (): string => {
  const rows = Object.entries(ERRORS).map(([code, { class: errorClass, en, ko }]) => {
    const mend = MENDS[code as keyof typeof ERRORS];
    const mends = mend ? `${escaped(mend.en)}<br>${escaped(mend.ko)}` : '';
    return `<tr><td><code>${code}</code></td><td>${errorClass}</td><td>${escaped(en)}<br>${escaped(ko)}</td><td>${mends}</td></tr>`;
  });
  return `<h2 id="error-codes">Error codes</h2><table><tr><th>code</th><th>class</th><th>meaning</th><th>what to do</th></tr>${rows.join('')}</table>`;
};
