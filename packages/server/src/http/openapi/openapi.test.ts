import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAppRig, type AppRig } from '../../testing/app-rig.ts';
import { API_CALLS } from './calls.ts';
import { UNDESCRIBED, type ApiDocument, type ApiOperation } from './describe.ts';

const API_SOURCES = fileURLToPath(new URL('../../../../api/src/', import.meta.url));
const DOCS = '../../../../../docs/console-api.md';

interface Described {
  readonly method: string;
  readonly path: string;
  readonly operation: ApiOperation;
}

let rig: AppRig;
let document: ApiDocument;
let operations: readonly Described[];
beforeAll(async () => {
  rig = await openAppRig();
  document = (await send({ method: 'GET', url: '/api/openapi.json' })).json();
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
});
afterAll(() => rig[Symbol.asyncDispose]());

test('every route under /api/ is described', () => {
  const missing = operations
    .filter(({ operation }) => operation.summary === UNDESCRIBED.says)
    .map(
      ({ method, path, operation }) =>
        `${method} ${path}: add to API_CALLS in packages/server/src/http/openapi/calls.ts: '${operation.operationId}': { says, query or body: the schema its route reads, path, answer }`,
    );
  expect(missing).toEqual([]);
});

test('what is described is a route', () => {
  const names = operations.map(({ operation }) => operation.operationId);
  expect(Object.keys(API_CALLS).filter((name) => !names.includes(name))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});

test('what stands in a path is described, and nothing else', () => {
  for (const { path, operation } of operations) {
    const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
    expect(
      inPath.map(({ name }) => name),
      path,
    ).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
  }
});

test('the types of answers are exported by the API', () => {
  const sources = readdirSync(API_SOURCES).filter((name) => name.endsWith('.ts'));
  const exported = new Set(
    sources.flatMap((name) =>
      [...readFileSync(API_SOURCES + name, 'utf8').matchAll(/^export (?:interface|type) (\w+)/gm)].map(
        ([, type]) => type,
      ),
    ),
  );
  const named = Object.values(API_CALLS).flatMap(({ answer }) => answer.type ?? []);
  expect(named.filter((type) => !exported.has(type))).toEqual([]);
});

test('what is described as required is what the route asks for', async () => {
  for (const { method, path, operation } of operations) {
    const query = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query' && parameter.required);
    const names = [...query.map(({ name }) => name), ...requiredOf(operation)];
    if (names.length === 0) continue;
    const answer = await send({ method, url: path, ...(method !== 'GET' && { payload: '{}' }) });
    expect(answer.statusCode, path).toBe(400);
    expect(
      names.some((name) => answer.json<{ message: string }>().message.includes(name)),
      `${path}: ${answer.body}`,
    ).toBe(true);
  }
});

// `npx vitest run packages/server/src/http/openapi -u` writes it.
test('docs/console-api.md says the same', async () => {
  await expect(printDocs(document)).toMatchFileSnapshot(DOCS);
});

function requiredOf({ requestBody }: ApiOperation): readonly string[] {
  const body = requestBody as { content: { 'application/json': { schema: { required?: string[] } } } } | undefined;
  return body?.content['application/json'].schema.required ?? [];
}

function send(request: InjectOptions) {
  return rig.app.http.inject({ ...request, headers: { host: 'localhost' } });
}

function printDocs({ info }: ApiDocument): string {
  const calls = operations.map(printOperation);
  return [
    "# The console's calls",
    info.description,
    'The server has this as OpenAPI 3.1 at `/api/openapi.json`, made of the schemas that its routes check; this page is printed from that (`packages/server/src/http/openapi`). Types of answers are in `packages/api/src`. X-Ray operations are in [api.md](api.md), errors in [errors.md](errors.md), scopes in [access.md](access.md).',
    ...calls,
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

function printOperation({ method, path, operation }: Described): string {
  const { summary, description, parameters = [], requestBody, responses } = operation;
  const answer = responses['200'] as { description: string; content: Record<string, { schema?: { title?: string } }> };
  const [media = ''] = Object.keys(answer.content);
  const title = answer.content[media]?.schema?.title;
  const type = title === undefined ? '' : ` \`${title}\``;
  const body = requestBody as { content: { 'application/json': { schema: unknown } } } | undefined;
  return [
    `## ${method} ${path}`,
    `${summary} ${description}`,
    ...(parameters.length === 0 ? [] : [printParameters(parameters)]),
    ...(body === undefined ? [] : [`Body, JSON: ${printSchema(body.content['application/json'].schema)}`]),
    `Answer, ${media === 'application/json' ? 'JSON' : media}:${type} ${answer.description}`,
  ].join('\n\n');
}

function printParameters(parameters: NonNullable<ApiOperation['parameters']>): string {
  const rows = parameters.map(
    ({ name, in: place, required, description = '', schema }) =>
      `| \`${name}\` | ${place} | ${required ? 'yes' : 'no'} | ${[printSchema(schema), description].join(' ').trimEnd()} |`,
  );
  return ['| parameter | in | required | |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function printSchema(schema: unknown): string {
  return `\`${JSON.stringify(schema).replaceAll('|', '\\|')}\``;
}
