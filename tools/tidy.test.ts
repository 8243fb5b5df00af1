import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { SHARING } from '../vitest.config.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

// Who may import whom (DESIGN: rooms). A line not here is not allowed.
const ALLOWED: Record<string, readonly string[]> = {
  model: [],
  api: ['model'],
  store: ['model'],
  'store-duckdb': ['model', 'store'],
  'store-clickhouse': ['model', 'store'],
  journal: ['model'],
  query: ['model', 'api', 'store'],
  pipeline: ['model', 'api'],
  server: ['model', 'api', 'store', 'store-duckdb', 'store-clickhouse', 'journal', 'query', 'pipeline'],
  daemon: ['model', 'api', 'journal', 'pipeline'],
  console: ['model', 'api'],
  cli: ['server', 'query', 'daemon'],
  testkit: ['model', 'store'],
  sdk: ['model'],
  'compat-aws-xray-sdk': ['sdk'],
  'compat-core': ['sdk'],
  'compat-express': ['sdk'],
  'compat-fastify': ['sdk'],
  'compat-fetch': ['sdk'],
  'compat-hapi': ['sdk'],
  'compat-koa': ['sdk'],
  'compat-mysql': ['sdk'],
  'compat-postgres': ['sdk'],
  'compat-restify': ['sdk'],
  opentelemetry: ['model', 'sdk'],
};

// Whose code may reach which parts of others. Everything else comes from Node or from us.
const THIRD_PARTY: Record<string, readonly string[]> = {
  model: [],
  api: ['zod'],
  store: ['vitest', 'fast-check'], // conformance.ts, a subpath of its own
  'store-duckdb': ['@duckdb/node-api', '@duckdb/node-bindings'],
  'store-clickhouse': ['@clickhouse/client'],
  journal: ['@platformatic/kafka'],
  query: [],
  pipeline: ['@grpc/grpc-js', '@redis/client'],
  server: ['fastify', 'pino', 'prom-client', 'yaml', 'zod'],
  daemon: ['prom-client', 'yaml', 'zod'],
  console: [
    'react',
    'react-dom',
    '@codemirror/autocomplete',
    '@codemirror/commands',
    '@codemirror/state',
    '@codemirror/view',
    '@mantine/core',
    '@mantine/hooks',
    '@tabler/icons-react',
    '@tanstack/react-query',
    '@tanstack/react-virtual',
  ],
  cli: [],
  testkit: [],
  sdk: [],
  opentelemetry: ['@opentelemetry/api'],
};

// Network and framework modules, and the only folders that may touch them.
const ADAPTERS: readonly (readonly [RegExp, RegExp])[] = [
  [
    /^(node:)?(http|https|http2|net|tls)$/,
    /^packages\/(server\/src\/http\/|cli\/src\/|daemon\/src\/daemon\/(http-client|sampling-proxy)\.ts|pipeline\/src\/receivers\/span-http\/listen-http\.ts|pipeline\/src\/exporters\/http-post\.ts|daemon\/src\/collector\/components\/tls\.ts|journal\/src\/kafka\/broker-wire\.ts|sdk\/src\/(bare-http|send\/udp-socket)\.ts|testkit\/src\/fault-proxy\.ts)/,
  ],
  [/^(node:)?dgram$/, /^packages\/(pipeline\/src\/receivers\/[^/]+\/listen|sdk\/src\/send\/udp-socket)\.ts$/],
  [/^@grpc\/grpc-js$/, /^packages\/pipeline\/src\/(receivers\/[^/]+\/listen-grpc|exporters\/otlp\/send-grpc)\.ts$/],
  [/^@redis\/client$/, /^packages\/pipeline\/src\/processors\/redis-map\.ts$/],
  [/^fastify$/, /^packages\/server\/src\/http\//],
  [/^@platformatic\/kafka$/, /^packages\/journal\/src\/kafka\/(broker-wire|wire-frames)\.ts$/],
  [/^@clickhouse\/client$/, /^packages\/store-clickhouse\/src\/(connection|clickhouse-error)\.ts$/],
  [/^(pino|prom-client)$/, /^packages\/(server\/src\/events(\.ts|\/)|daemon\/src\/collector\/metrics\.ts)/],
  [
    /^node:fs(\/promises)?$/,
    /^packages\/(journal\/src\/files\.ts|store-duckdb\/src\/|store-clickhouse\/src\/sql-files\.ts|server\/src\/|cli\/src\/|daemon\/src\/daemon\/(command|log|surroundings)\.ts|daemon\/src\/spool\/spool\.ts|daemon\/src\/collector\/components\/(xray-endpoint|tls)\.ts|testkit\/src\/|pipeline\/src\/receivers\/|sdk\/src\/files\.ts)/,
  ],
];

const BANNED_FILE_NAMES = /^(utils?|helpers?|common|misc|shared)\.(ts|tsx|mjs)$/;
const BANNED_WORDS = /\b(TODO|FIXME|XXX|HACK)\b|\b(previously|used to be|no longer)\b/i;
const LINES_MAX = 500;
const FOLDER_FILES_WITHOUT_README_MAX = 5;

const ROOMS = Object.keys(ALLOWED);
const sources = ROOMS.flatMap((room) => listFiles(`packages/${room}/src`)).filter((path) => /\.tsx?$/.test(path));
const shipped = sources.filter(
  (path) => !/\.(test|bench|type-test|e2e)\.tsx?$/.test(path) && !path.includes('/testing/'),
);
const prose = listFiles('docs').filter((path) => path.endsWith('.md'));

test('every package is in the table of allowed imports', () => {
  expect(readdirSync(`${ROOT}/packages`).toSorted()).toEqual(ROOMS.toSorted());
});

test.each(ROOMS)('%s imports only what its layer allows', (room) => {
  const wrong = importsOf(room).filter(({ target }) => {
    const ours = /^@fluoroscope\/([a-z-]+)/.exec(target)?.[1];
    return ours !== undefined && ours !== room && !(ALLOWED[room] ?? []).includes(ours);
  });
  expect(wrong).toEqual([]);
});

test.each(ROOMS)('%s uses only the third-party packages of its layer, and declares them', (room) => {
  const manifest = readJson(`packages/${room}/package.json`);
  const declared = Object.keys({ ...manifest['dependencies'], ...manifest['devDependencies'] });
  const wrong = importsOf(room)
    .map((found) => ({ ...found, pack: packageOf(found.target) }))
    .filter(
      ({ pack, target }) =>
        isThirdParty(target) &&
        (!(THIRD_PARTY[room] ?? []).includes(pack) ||
          (!declared.includes(pack) && !['vitest', 'fast-check'].includes(pack))),
    );
  expect(wrong).toEqual([]);
});

test('sockets, files, frameworks and loggers are touched in their adapters only', () => {
  const wrong = ROOMS.flatMap(importsOf).filter(({ path, target }) =>
    ADAPTERS.some(([what, where]) => what.test(target) && !where.test(path)),
  );
  expect(wrong).toEqual([]);
});

test('no file is a drawer', () => {
  expect(sources.filter((path) => BANNED_FILE_NAMES.test(path.split('/').at(-1) ?? ''))).toEqual([]);
});

test('sources stay below the size limit', () => {
  expect(sources.filter((path) => read(path).split('\n').length > LINES_MAX + 60)).toEqual([]);
});

test('comments tell no history and leave no bare notes', () => {
  const found = [...sources, ...listFiles('tools'), ...listFiles('examples')]
    .filter((path) => /\.(tsx?|mjs|js)$/.test(path) && !path.endsWith('tidy.test.ts'))
    .flatMap((path) =>
      read(path)
        .split('\n')
        .map((line, index) => ({ at: `${path}:${index + 1}`, line })),
    )
    .filter(({ line }) => /^\s*(\/\/|\*|\/\*)/.test(line) && BANNED_WORDS.test(line));
  expect(found).toEqual([]);
});

test('a package, and a folder of more than five files, says what belongs there', () => {
  const folders = new Map<string, number>();
  for (const path of shipped) {
    const folder = path.slice(0, path.lastIndexOf('/'));
    folders.set(folder, (folders.get(folder) ?? 0) + 1);
  }
  const silent = [...folders]
    .filter(([folder, count]) => count > FOLDER_FILES_WITHOUT_README_MAX && !/^packages\/[a-z-]+\/src$/.test(folder))
    .map(([folder]) => folder)
    .concat(ROOMS.map((room) => `packages/${room}`))
    .filter((folder) => !existsSync(`${ROOT}/${folder}/README.md`));
  expect(silent).toEqual([]);
});

test('parse and decode functions return a Result', () => {
  const wrong = shipped
    .filter((path) => !path.includes('/console/'))
    .flatMap((path) =>
      [
        ...read(path).matchAll(/^export (?:async )?function ((?:parse|decode)[A-Z]\w*)[\s\S]*?\)(?::\s*([^{]+))\{/gm),
      ].map((match) => ({ path, name: match[1], returns: match[2]?.trim() ?? '' })),
    )
    .filter(({ returns }) => !returns.includes('Result<'));
  expect(wrong).toEqual([]);
});

test('a hot path that says so has a bench beside it', () => {
  const wrong = shipped
    .filter((path) => read(path).includes('// Hot path:'))
    .filter((path) => {
      const folder = path.slice(0, path.lastIndexOf('/'));
      return (
        !listFiles(folder).some((file) => file.endsWith('.bench.ts')) &&
        !read('bench/README.md').includes(path.split('/').at(-1) ?? '')
      );
    });
  expect(wrong).toEqual([]);
});

test('tests that share a process mock no module and set no environment', () => {
  const wrong = sources
    .filter((path) => path.endsWith('.test.ts') && SHARING.includes(path.split('/')[1] ?? ''))
    .filter((path) =>
      /\bvi\.(mock|doMock|resetModules|stubEnv)\(|\bprocess\.env(\.\w+|\[[^\]]+\]) = |\bchdir\(/.test(read(path)),
    );
  expect(wrong).toEqual([]);
});

test('ADRs are numbered without gaps, listed, and the cited ones exist', () => {
  const adrs = readdirSync(`${ROOT}/docs/adr`)
    .filter((name) => /^\d{3}-.*\.md$/.test(name))
    .toSorted();
  expect(adrs.map((name) => Number(name.slice(0, 3)))).toEqual(adrs.map((_, index) => index + 1));
  const index = read('docs/adr/README.md');
  expect(adrs.filter((name) => !index.includes(name))).toEqual([]);
  const cited = [...sources, ...prose].flatMap((path) =>
    [...read(path).matchAll(/ADR-(\d{3})/g)].map((match) => ({ path, number: Number(match[1]) })),
  );
  expect(cited.filter(({ number }) => number < 1 || number > adrs.length)).toEqual([]);
});

test('an operation has one name in the contract, the handlers and the docs', () => {
  const names = (folder: string): readonly string[] =>
    listFiles(folder)
      .map((path) => path.split('/').at(-1) ?? '')
      .filter((name) => /^(put|get|batch|create|update|delete|list|tag|untag|start|cancel)-[a-z-]+\.ts$/.test(name))
      .toSorted();
  const contract = names('packages/api/src/operations');
  expect(contract.length).toBeGreaterThan(0);
  expect(names('packages/server/src/operations')).toEqual(contract);
  const documented = [...read('docs/api.md').matchAll(/^\| `([A-Z]\w+)` \|/gm)].map(
    ([, name = '']) => `${name.replaceAll(/(?<!^)[A-Z]/g, '-$&').toLowerCase()}.ts`,
  );
  expect(documented.toSorted()).toEqual(contract);
});

test('links between our own documents lead somewhere', () => {
  const documents = [...prose, 'README.md', 'CONTRIBUTING.md', ...ROOMS.map((room) => `packages/${room}/README.md`)];
  const broken = documents.flatMap((path) =>
    [...read(path).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)]
      .map((match) => ({ path, target: match[1] ?? '' }))
      .filter(({ target }) => !existsSync(new URL(target, `file://${ROOT}/${path}`))),
  );
  expect(broken).toEqual([]);
});

test('corpora are read by some test', () => {
  const tests = sources
    .filter((path) => path.endsWith('.test.ts'))
    .map(read)
    .join('\n');
  const dead = listFiles('testdata')
    .filter((path) => path.endsWith('.txt'))
    .filter((path) => {
      const name = path.replace(/^testdata\//, '').replace(/\.txt$/, '');
      return !tests.includes(name) && !tests.includes(name.split('/').at(-1) ?? name);
    });
  expect(dead).toEqual([]);
});

test('the lockfile records no download address', () => {
  const addresses = [...read('package-lock.json').matchAll(/"resolved": "([^"]*)"/g)].map((match) => match[1] ?? '');
  expect(addresses.filter((address) => address.includes(':'))).toEqual([]);
});

test('the lockfile has a line for every platform that a package lists, so that npm ci takes it anywhere', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  const wanted = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
  expect(wanted.filter((name) => packages[`node_modules/${name}`] === undefined)).toEqual([]);
});

interface Import {
  readonly path: string;
  readonly target: string;
}

function importsOf(room: string): readonly Import[] {
  return shipped
    .filter((path) => path.startsWith(`packages/${room}/src/`))
    .flatMap((path) =>
      [
        ...read(path).matchAll(
          /^(?:import|export|\}).*?\bfrom '([@a-z][\w@./:-]*)';$|^import '([@a-z][\w@./:-]*)';$/gm,
        ),
      ].map((match) => ({
        path,
        target: match[1] ?? match[2] ?? '',
      })),
    );
}

function isThirdParty(target: string): boolean {
  return !target.startsWith('node:') && !target.startsWith('@fluoroscope/');
}

function packageOf(target: string): string {
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');
}

function listFiles(folder: string): readonly string[] {
  if (!existsSync(`${ROOT}/${folder}`)) return [];
  return readdirSync(`${ROOT}/${folder}`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/node_modules|\/dist(\/|$)/.test(entry.parentPath))
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(ROOT.length).replace(/^\//, ''));
}

function read(path: string): string {
  return readFileSync(`${ROOT}/${path}`, 'utf8');
}

function readJson(path: string): Record<string, Record<string, string>> {
  return JSON.parse(read(path));
}
