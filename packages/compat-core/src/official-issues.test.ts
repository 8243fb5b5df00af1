import { execFileSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, buildSync } from 'esbuild';
import { expect, test } from 'vitest';
import * as AWSXRay from '@fluoroscope/sdk';

// What users reported against the official SDK, by the number in its tracker; the table is in docs/sdk-migration.md. Issues that
// have their test elsewhere are only listed there.

const HERE = fileURLToPath(new URL('..', import.meta.url));

/** Runs a script in a process of its own, with the SDK as built. */
function run(script: string, env: Record<string, string> = {}, flags: readonly string[] = []): string {
  const options = { cwd: HERE, encoding: 'utf8', env: { ...process.env, ...env } } as const;
  return execFileSync(process.execPath, [...flags, '-e', script], options).trim();
}

function inSegment<T>(look: (segment: AWSXRay.Segment) => T): T {
  const segment = new AWSXRay.Segment('shop');
  segment.notTraced = true;
  return AWSXRay.getNamespace().runAndReturn(() => {
    AWSXRay.setSegment(segment);
    return look(segment);
  });
}

/** A pool whose connections were made before there was any request. */
class Pool extends EventEmitter {
  readonly #waiting: ((text: string) => void)[] = [];

  query(done: (text: string) => void): void {
    this.#waiting.push(done);
  }

  answer(): void {
    for (const done of this.#waiting.splice(0)) done('row');
  }
}

test.each<[string, (pool: Pool) => Promise<unknown>]>([
  ['async and await', async () => (await sleep(1), await Promise.resolve(), AWSXRay.getSegment())],
  [
    'an emitter',
    async () => {
      const emitter = new EventEmitter();
      AWSXRay.getNamespace().bindEmitter(emitter);
      const found = new Promise((resolve) => void emitter.on('a', () => resolve(AWSXRay.getSegment())));
      AWSXRay.getNamespace().exit();
      emitter.emit('a');
      return found;
    },
  ],
  [
    'a pool',
    async (pool) => {
      await new Promise<string>((resolve) => pool.query(resolve));
      return AWSXRay.getSegment();
    },
  ],
])('12, 60: the context is kept over %s', async (_, look) => {
  const pool = new Pool();
  const answering = setInterval(() => pool.answer(), 1);
  await inSegment(async (segment) => expect(await look(pool)).toBe(segment));
  clearInterval(answering);
});

test('319: nothing is installed but the SDK', () => {
  const manifest = run(`console.log(JSON.stringify(require('@fluoroscope/compat-core/package.json').dependencies))`);
  expect(Object.keys(JSON.parse(manifest))).toEqual(['@fluoroscope/sdk']);
});

test.each(['cjs', 'esm'] as const)('338, 482: a bundle (%s) works without node_modules', (format) => {
  const folder = mkdtempSync(join(tmpdir(), 'fluoroscope-bundle-'));
  const outfile = join(folder, format === 'esm' ? 'app.mjs' : 'app.cjs');
  writeFileSync(
    join(folder, 'app.js'),
    `import AWSXRay, { captureFunc, Segment } from '@fluoroscope/compat-core';
     const segment = new Segment('shop');
     const ns = AWSXRay.getNamespace();
     const name = ns.runAndReturn(() => { AWSXRay.setSegment(segment); return captureFunc('price', (each) => each.name); });
     console.log(name, segment.subsegments.length);`,
  );
  const banner =
    format === 'esm'
      ? `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`
      : '';
  buildSync({
    entryPoints: [join(folder, 'app.js')],
    bundle: true,
    platform: 'node',
    minify: true,
    format,
    outfile,
    banner: { js: banner },
    nodePaths: [join(HERE, '../../node_modules')],
    logLevel: 'error',
  });
  expect(readdirSync(folder).length).toBe(2);
  expect(execFileSync(process.execPath, [outfile], { encoding: 'utf8' }).trim()).toBe('price 1');
  rmSync(folder, { recursive: true });
});

/** What the SDK adds to a bundle, in bytes: those who deploy functions pay for each at every cold start. */
const CORE_BYTES_MAX = 40_000;
const BUNDLE_BYTES_MAX = 43_000;

/** Of the SDK's folders, what the official core does not have. */
const BESIDE_CORE = /[\\/]sdk[\\/]cjs[\\/]dist[\\/](frameworks|grpc|messaging|data)[\\/]/;

async function bundledBytes(leftOut: RegExp | null): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: `module.exports = require('@fluoroscope/sdk');`, resolveDir: HERE },
    bundle: true,
    platform: 'node',
    minify: true,
    write: false,
    plugins: [
      {
        name: 'leave out',
        setup: (bundling) => {
          if (leftOut !== null) bundling.onLoad({ filter: leftOut }, () => ({ contents: '' }));
        },
      },
    ],
  });
  return gzipSync(outputFiles[0]?.contents ?? '').length;
}

test('a bundle is small: what the official core has, and everything', async () => {
  const [core, all] = [await bundledBytes(BESIDE_CORE), await bundledBytes(null)];
  expect(core).toBeGreaterThan(20_000);
  expect(core).toBeLessThanOrEqual(CORE_BYTES_MAX);
  expect(all).toBeGreaterThan(core + 5_000);
  expect(all).toBeLessThanOrEqual(BUNDLE_BYTES_MAX);
});

test('415: with capturePromise no segment is missed', async () => {
  AWSXRay.capturePromise();
  const found = inSegment((segment) =>
    Promise.all(
      [1, 2, 3].map((each) =>
        sleep(each)
          .then(() => Promise.reject(new Error()))
          .catch(() => AWSXRay.getSegment() === segment),
      ),
    ),
  );
  expect(await found).toEqual([true, true, true]);
});

test('483: requests that time out leave nothing open', async () => {
  const silent = createServer(() => {});
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const http = AWSXRay.captureHTTPs({ request, get: request });
  const segment = await inSegment(async (found) => {
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const asked = http.request({ host: '127.0.0.1', port, timeout: 5 });
        asked.on('error', () => {}).on('timeout', () => asked.destroy(new Error('timeout')));
        await once(asked.end(), 'close').catch(() => {});
        if (!asked.closed) await once(asked, 'close');
      }),
    );
    return found;
  });
  silent.closeAllConnections();
  silent.close();
  expect([segment.subsegments?.length, segment.counter]).toEqual([20, 0]);
});

test('517: leaving a context that is not the current one does not throw', () => {
  const namespace = AWSXRay.getNamespace();
  const [outer, inner] = [namespace.createContext(), namespace.createContext()];
  namespace.enter(outer);
  namespace.enter(inner);
  expect(() => {
    namespace.exit(outer);
    namespace.exit(outer);
    namespace.exit(inner);
  }).not.toThrow();
});

test.each([{}, { AWS_XRAY_MANUAL_MODE: '1' }])('594, 595: segments are given back to memory (%j)', (env) => {
  const script = `
    const AWSXRay = require('@fluoroscope/compat-core');
    const { Agent } = require('node:http');
    const kept = [];
    async function serve() {
      const segment = new AWSXRay.Segment('shop');
      segment.notTraced = true;
      kept.push(new WeakRef(segment));
      if (AWSXRay.isAutomaticMode()) await AWSXRay.getNamespace().runPromise(async () => { AWSXRay.setSegment(segment); await null; });
      segment.close();
    }
    (async () => {
      for (let each = 0; each < 500; each += 1) await serve();
      await new Promise((resolve) => setTimeout(resolve, 5));
      gc();
      console.log(kept.filter((each) => each.deref() !== undefined).length);
    })();`;
  expect(Number(run(script, env, ['--expose-gc']))).toBeLessThanOrEqual(2);
});

test('217: in Lambda nothing polls for rules', () => {
  const script = `
    const AWSXRay = require('@fluoroscope/compat-core');
    const { createServer } = require('node:net');
    const tell = (what) => { console.log(what); process.exit(); };
    const daemon = createServer(() => tell('asked')).listen(0, '127.0.0.1', () => {
      AWSXRay.setDaemonAddress('127.0.0.1:' + daemon.address().port);
      AWSXRay.middleware.sampler.shouldSample({ host: 'a', httpMethod: 'GET', urlPath: '/', serviceName: 'shop' });
      if (process.env.LAMBDA_TASK_ROOT) setTimeout(tell, 200, 'quiet');
    });`;
  expect([run(script, { LAMBDA_TASK_ROOT: '/var/task' }), run(script)]).toEqual(['quiet', 'asked']);
});
