import { afterAll, beforeAll, expect, test } from 'vitest';
import { readdirSync, readFileSync } from 'node:fs';
import { renderQuery, renderSchema } from './render-schema.ts';
import { readQuery, readSchemaFiles } from './sql-files.ts';
import { startEngine, type Engine } from './testing/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine[Symbol.asyncDispose]());

const SOURCE = readSchemaFiles()
  .map(({ source }) => source)
  .join('\n');
const CLUSTER = renderSchema(SOURCE, 'east');
const kindOf = (statement: string) => statement.split('(')[0]?.replaceAll(/\s+/g, ' ').trim() ?? '';

test.each(CLUSTER.map((statement) => [kindOf(statement), statement] as const))(
  'for a cluster, the engine can read: %s',
  async (_kind, statement) => {
    await expect(engine.run(`EXPLAIN AST ${statement}`)).resolves.toBeUndefined();
  },
);

const QUERIES = readdirSync(new URL('../sql/queries/', import.meta.url)).map((file) => file.replace('.sql', ''));
test.each(QUERIES)('the query %s, for a cluster too', async (name) => {
  for (const cluster of [null, 'east']) {
    // The values are of no interest to the parser, but it asks for them.
    const sql = renderQuery(readQuery(name), cluster)
      .replaceAll('{{scope}}', 'true')
      .replaceAll(/\{(\w+):(\w+(?:\(\w+\))?)\}/g, "CAST('', '$2')");
    await expect(engine.run(`EXPLAIN AST ${sql}`)).resolves.toBeUndefined();
    expect(sql).not.toContain('{{');
  }
});

test('what the engine cannot read fails', async () => {
  await expect(
    engine.run('EXPLAIN AST CREATE TABLE x ON CLUSTER east (a Int8) ENGINE = Replicated( ORDER BY a'),
  ).rejects.toThrow(/syntax/i);
});

test('every table of a cluster is made on all of it, replicated; what is spread has one more over all shards', () => {
  for (const statement of CLUSTER) expect(statement).toContain('ON CLUSTER `east`');
  const tables = CLUSTER.filter((statement) => statement.startsWith('CREATE TABLE'));
  const local = tables.filter((statement) => statement.includes('MergeTree'));
  const spread = tables.filter((statement) => statement.includes('Distributed'));
  for (const statement of local) expect(statement).toMatch(/ENGINE = Replicated\w*MergeTree\('\/clickhouse\/tables\//);
  expect(spread).toHaveLength(local.filter((statement) => statement.includes('_local')).length);
  expect(CLUSTER.join('\n')).not.toContain('{{');
});

test('a single server has the same tables, plain', () => {
  const single = renderSchema(SOURCE, null).join('\n');
  expect(single).not.toMatch(/Replicated|Distributed|ON CLUSTER|_local|\{\{/);
  const names = (text: string) => [...text.matchAll(/EXISTS (\w+?)(?:_local)? /g)].map((match) => match[1]);
  expect([...new Set(names(single))]).toEqual([...new Set(names(CLUSTER.join('\n')))]);
});

test('a word of the source that means nothing is an error', () => {
  expect(() => renderSchema('CREATE TABLE {{locale x}} (a Int8);\n', null)).toThrow('means nothing');
});

test('the servers of deploy/clickhouse name what the cluster form needs', () => {
  const config = readFileSync(new URL('../../../deploy/clickhouse/cluster.xml', import.meta.url), 'utf8');
  for (const part of ['<fluoroscope>', '<shard', '<replica', '<internal_replication>true<'])
    expect(config).toContain(part);
});
