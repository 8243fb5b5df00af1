import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test, vi } from 'vitest';
import { AsyncLocalStorage } from 'node:async_hooks';
import type * as sdkModule from './index.ts';
import { SDK_PACKAGE, SDK_VERSION } from './version.ts';

afterEach(() => vi.unstubAllEnvs());

const load = async (env: Record<string, string>): Promise<typeof sdkModule> => {
  vi.resetModules();
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  return import('./index.ts');
};

test('the version sent is that of the package', () => {
  const { name, version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as Record<
    string,
    string
  >;
  expect([SDK_PACKAGE, SDK_VERSION]).toEqual([name, version]);
});

test('`require` and `import` give one object, which is the default as well', async () => {
  const script = `
    import AWSXRay, { Segment, middleware } from '@fluoroscope/sdk';
    import * as namespace from '@fluoroscope/sdk';
    import { createRequire } from 'node:module';
    const required = createRequire(import.meta.url)('@fluoroscope/sdk');
    const same = [AWSXRay, namespace.default].every((each) => each === required);
    const named = Segment === required.Segment && middleware === required.middleware;
    console.log(JSON.stringify({ same, named, esModule: '__esModule' in required, names: Object.keys(required) }));`;
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd, encoding: 'utf8' });
  const { names, ...facts } = JSON.parse(printed);
  expect(facts).toEqual({ same: true, named: true, esModule: false });
  expect(names.toSorted()).toEqual(Object.keys(await load({})).toSorted());
});

test('every name of the official packages is there', async () => {
  const sdk = await load({});
  const names = `plugins config setStreamingThreshold setLogger getLogger setDaemonAddress captureFunc captureAsyncFunc
    captureCallbackFunc captureHTTPs captureHTTPsGlobal capturePromise utils database middleware getNamespace resolveSegment
    resolveManualSegmentParams getSegment setSegment isAutomaticMode enableAutomaticMode enableManualMode
    captureAWS captureAWSClient captureAWSv3Client setAWSWhitelist appendAWSWhitelist captureMySQL capturePostgres
    setContextMissingStrategy Segment Subsegment SegmentUtils TraceID SqsMessageHelper`;
  expect(names.split(/\s+/).filter((name) => !(name in sdk))).toEqual([]);
});

test('the environment beats the code', async () => {
  const sdk = await load({
    AWS_XRAY_TRACING_NAME: 'env',
    AWS_XRAY_CONTEXT_MISSING: 'RUNTIME_ERROR',
    AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:3000',
    AWS_XRAY_MANUAL_MODE: '1',
    AWS_XRAY_LOG_LEVEL: 'silent',
  });
  sdk.middleware.setDefaultName('code');
  sdk.setContextMissingStrategy('IGNORE_ERROR');
  sdk.setDaemonAddress('127.0.0.1:4000');
  expect([sdk.middleware.resolveName(), sdk.isAutomaticMode()]).toEqual(['env', false]);
  expect(() => sdk.getSegment()).toThrow('manual mode');
});

test('slips in the environment do not keep a program from starting', async () => {
  const told = vi.spyOn(console, 'error').mockImplementation(() => {});
  const sdk = await load({
    AWS_XRAY_CONTEXT_MISSING: 'MOO',
    AWS_XRAY_DAEMON_ADDRESS: 'nowhere',
    AWS_XRAY_MANUAL_MODE: '',
  });
  expect([sdk.getSegment(), told.mock.calls.length]).toEqual([undefined, 3]);
  told.mockRestore();
});

test('promises of other libraries keep the segment of whoever waits', async () => {
  const sdk = await load({});
  const outside = AsyncLocalStorage.snapshot();
  // Calls back from a queue that was begun outside.
  const prototype: Record<string, (callback: (value: unknown) => unknown) => void> = {};
  Reflect.set(prototype, 'then', (callback: (value: unknown) => unknown) => outside(() => callback(1)));
  sdk.capturePromise();
  sdk.capturePromise.patchThirdPartyPromise({ prototype });
  sdk.capturePromise.patchThirdPartyPromise({ prototype });
  const segment = new sdk.Segment('shop');
  const found = sdk.getNamespace().runAndReturn(() => {
    sdk.setSegment(segment);
    return new Promise((resolve) => prototype['then']?.(() => resolve(sdk.getSegment())));
  });
  expect(await found).toBe(segment);
});
