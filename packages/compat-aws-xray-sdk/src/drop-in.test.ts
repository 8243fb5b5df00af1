import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { differencesOf } from './testing/differences.ts';
import { ALIASES, installApplications, ROOT, versionOf, type Applications } from './testing/install.ts';
import { normalise } from './testing/normalise.ts';
import { runApplication, type Run } from './testing/run-app.ts';

const OFFICIAL = [
  'aws-xray-sdk',
  'aws-xray-sdk-core',
  'aws-xray-sdk-express',
  'aws-xray-sdk-mysql',
  'aws-xray-sdk-postgres',
];

/** What an application sends differently once it has our packages; why is in docs/sdk-migration.md. */
const DIFFERENCES = [
  'aws.xray.package: "aws-xray-sdk" → "@fluoroscope/sdk"',
  `aws.xray.sdk_version: "3.12.0" → "${versionOf('packages/sdk')}"`,
  'http.response.content_length: none → a number',
  'http.response: {"status":200} → none',
];

/** Official names that are not there: constructors in disguise, and the sampler's inner parts. */
const LEFT_OUT = /\.init$|^middleware\.sampler\.(?!shouldSample|setLocalRules)/;

let applications: Applications;
let ours: Run;
let official: Run;

beforeAll(async () => {
  applications = await installApplications();
  ours = await runApplication(applications.ours);
  official = await runApplication(applications.official);
}, 180_000);
afterAll(() => applications[Symbol.dispose]());

test('the application answers the same', () => {
  expect(ours.answers).toEqual(official.answers);
});

test('the documents are the same, but for the differences that are told', () => {
  const found = differencesOf(normalise(official.documents), normalise(ours.documents));
  expect([...found].toSorted()).toEqual(DIFFERENCES.toSorted());
  const told = readFileSync(join(ROOT, 'docs/sdk-migration.md'), 'utf8');
  expect(DIFFERENCES.map((each) => each.split(':')[0] ?? '').filter((field) => !told.includes(`\`${field}\``))).toEqual(
    [],
  );
});

test('what is written in TypeScript compiles with both', () => {
  for (const folder of [applications.ours, applications.official]) {
    const printed = execFileSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' });
    expect(printed).toBe('');
  }
});

test('each official package has one that stands for it, of its version', () => {
  expect([...ALIASES.keys()].toSorted()).toEqual(
    [...OFFICIAL, ...['fastify', 'fetch', 'hapi', 'koa2', 'restify'].map((name) => `aws-xray-sdk-${name}`)].toSorted(),
  );
  const wrong = OFFICIAL.filter(
    (name) => versionOf(`packages/${ALIASES.get(name)}`) !== versionOf(`node_modules/${name}`),
  );
  expect(wrong).toEqual([]);
});

test.each(OFFICIAL)('%s: every official name is there', (name) => {
  const namesIn = (folder: string): readonly string[] =>
    JSON.parse(execFileSync(process.execPath, ['names.cjs', name], { cwd: folder, encoding: 'utf8' }));
  const found = new Set(namesIn(applications.ours));
  const told = readFileSync(join(ROOT, 'docs/sdk-migration.md'), 'utf8');
  const theirs = namesIn(applications.official);
  const untold = theirs.filter(
    (each) => !/prototype|sampler\.|serviceData\./.test(each) && !told.includes(each.split('.').at(-1) ?? each),
  );
  expect(untold).toEqual([]);
  const missing = theirs.filter((each) => !found.has(each));
  expect(missing.filter((each) => !LEFT_OUT.test(each))).toEqual([]);
});

test('modules import names, and all have one SDK', () => {
  const script = `
    import AWSXRay, { captureFunc, Segment } from 'aws-xray-sdk-core';
    import * as bundle from 'aws-xray-sdk';
    import { openSegment } from 'aws-xray-sdk-express';
    import { captureFetchGlobal } from 'aws-xray-sdk-fetch';
    import { captureMySQL } from 'aws-xray-sdk-mysql';
    import { capturePostgres } from 'aws-xray-sdk-postgres';
    import fastifyPlugin from 'aws-xray-sdk-fastify';
    import { plugin } from 'aws-xray-sdk-hapi';
    import koa from 'aws-xray-sdk-koa2';
    import { enable } from 'aws-xray-sdk-restify';
    const functions = [captureFunc, openSegment, captureFetchGlobal, captureMySQL, capturePostgres, fastifyPlugin, plugin.register, koa.openSegment, enable];
    console.log(JSON.stringify([functions.map((each) => typeof each), bundle.Segment === Segment, bundle.default.express.openSegment === openSegment, AWSXRay.Segment === Segment]));`;
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: applications.ours,
    encoding: 'utf8',
  });
  expect(JSON.parse(printed)).toEqual([Array.from({ length: 9 }, () => 'function'), true, true, true]);
});
