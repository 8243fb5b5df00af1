import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';

const FOLDER = new URL('../../../deploy/clickhouse/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, FOLDER), 'utf8');
const manifests = readdirSync(new URL('kubernetes/', FOLDER)).map((file) => `kubernetes/${file}`);

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
}

function documentsOf(file: string): readonly Manifest[] {
  return parseAllDocuments(read(file), { merge: true }).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as Manifest;
  });
}

test.each([...manifests, 'compose.yaml'])('%s is YAML, each part of it', (file) => {
  for (const part of documentsOf(file)) expect(part).toBeTypeOf('object');
});

test.each(manifests)('%s: every part has a kind and a name of its own', (file) => {
  const names = documentsOf(file).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  expect(new Set(names).size).toBe(names.length);
});

test('the hosts that the configuration of the composed cluster names are services of it', () => {
  const [compose] = documentsOf('compose.yaml') as unknown as readonly { services: object }[];
  const hosts = [...`${read('cluster.xml')}${read('keeper.xml')}`.matchAll(/<host(?:name)?>([^<]+)</g)].map(
    (match) => match[1],
  );
  expect(hosts).toHaveLength(10);
  expect(Object.keys(compose?.services ?? {})).toEqual(expect.arrayContaining(hosts));
});

test('the hosts of the cluster on Kubernetes are pods of its stateful sets', () => {
  const parts = documentsOf('kubernetes/cluster.yaml');
  const config = Object.values(parts.find(({ kind }) => kind === 'ConfigMap')?.data ?? {}).join('\n');
  const hosts = [...config.matchAll(/<host(?:name)?>([a-z0-9-]+)-(\d)\.([a-z-]+)</g)].map((match) => [
    match[1],
    match[3],
  ]);
  expect(hosts).toHaveLength(10);
  const names = (wanted: string) => parts.filter(({ kind }) => kind === wanted).map(({ metadata }) => metadata.name);
  expect(names('StatefulSet')).toEqual(expect.arrayContaining(hosts.map(([set]) => set)));
  expect(names('Service')).toEqual(expect.arrayContaining(hosts.map(([, service]) => service)));
});
