import { readFileSync } from 'node:fs';
import * as sdk from '@aws-sdk/client-xray';
import { expect, test } from 'vitest';
import { API_ERROR_STATUS } from '../errors.ts';
import { parseInput, type Operation } from './operation.ts';
import { OPERATION_NAMES, OPERATIONS, type InputOf, type OperationName } from './table.ts';

// The facts of X-Ray's model (grammar in the file) against two things: AWS's own client, and our schemas.

interface Entry {
  readonly name: string;
  readonly path: string | undefined;
  readonly errors: string[];
  readonly members: Member[];
}

interface Member {
  readonly name: string;
  readonly required: boolean;
  readonly type: Type;
}

type Type =
  | { kind: 'string'; min: number; max: number; choices: readonly string[]; like: RegExp | null }
  | { kind: 'integer' | 'double'; min: number; max: number }
  | { kind: 'boolean' | 'timestamp' }
  | { kind: 'list'; min: number; max: number; of: Type }
  | { kind: 'map'; max: number; key: Type; value: Type }
  | { kind: 'shape'; name: string };

const TEXT = readFileSync(new URL('../../../../testdata/api/operations.txt', import.meta.url), 'utf8');
const ENTRIES = readEntries(TEXT.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#')));
const FACTS = [...ENTRIES.values()].filter(({ path }) => path !== undefined);

/** Where we take less than the model says, so that a call stays small (../limits.ts). */
const OUR_MAX: Readonly<Record<string, number>> = {
  'batch-get-traces TraceIds': 5,
  'get-trace-graph TraceIds': 1_000,
  'put-trace-segments TraceSegmentDocuments': 10_000,
  'put-telemetry-records TelemetryRecords': 1_000,
};

test('every operation of the model is built, on its own path, and nothing else', () => {
  expect(FACTS).toHaveLength(38);
  expect(FACTS.map(({ name, path }) => [kebab(name), path])).toEqual(
    OPERATION_NAMES.map((name) => [name, OPERATIONS[name].path]),
  );
});

test.each(FACTS.map((fact) => [fact.name, fact] as const))('%s is as in AWS’s client', (name, fact) => {
  const [, , , traits, input] = schemaOf(`${name}$`);
  expect(traits).toEqual({ http: ['POST', fact.path, 200] });
  expect(describeShape(input())).toEqual(describeFacts(fact.members));
});

test('errors have the statuses of AWS’s client', () => {
  const theirs = Object.entries(sdk)
    .filter(([name, schema]) => name.endsWith('Exception$') && (schema as unknown as Schema)[0] === -3)
    .filter(([name]) => name !== 'XRayServiceException$')
    .map(([name, schema]) => [name.slice(0, -1), (schema as unknown as Schema)[3]['httpError'] ?? 400]);
  expect(theirs.length).toBe(10);
  expect(API_ERROR_STATUS).toMatchObject(Object.fromEntries(theirs));
  for (const { errors } of FACTS) for (const error of errors) expect(API_ERROR_STATUS).toHaveProperty(error);
});

const NAMES = FACTS.map(({ name }) => kebab(name) as OperationName);

test.each(NAMES)('%s takes what the model asks for, and ignores what it does not know', (name) => {
  const { members } = factOf(name);
  for (const body of [sample(members, true), sample(members, false)]) {
    expect(parse(name, body)).toMatchObject({ ok: true });
    expect(parse(name, { ...body, Unknown: [{}], constructor: 1 })).toEqual(parse(name, body));
  }
  const nulls = Object.fromEntries(members.filter(({ required }) => !required).map((member) => [member.name, null]));
  expect(parse(name, { ...sample(members, true), ...nulls })).toMatchObject({ ok: true });
});

test.each(NAMES)('%s refuses what the model forbids, and names the member', (name) => {
  const body = sample(factOf(name).members, false);
  for (const { path, value, why } of violations(factOf(name).members)) {
    const parsed = parse(name, replaced(body, path, value));
    expect(parsed, `${printPath(path)} ${why}`).toMatchObject({ ok: false });
    expect(parsed.ok ? '' : parsed.problem).toContain(printPath(path));
  }
});

test.each(NAMES)('%s takes the ends of each range', (name) => {
  const body = sample(factOf(name).members, false);
  for (const { path, value } of extremes(name, factOf(name).members)) {
    expect(parse(name, replaced(body, path, value)), printPath(path)).toMatchObject({ ok: true });
  }
});

function factOf(name: OperationName): Entry {
  const fact = FACTS.find((one) => kebab(one.name) === name);
  if (fact === undefined) throw new Error(name);
  return fact;
}

function parse<Name extends OperationName>(name: Name, body: unknown) {
  const operation: Operation<Name, InputOf<Name>> = OPERATIONS[name];
  return parseInput(operation.input, body);
}

type Path = readonly (string | number)[];
interface Change {
  readonly path: Path;
  /** Undefined takes the member away. */
  readonly value: unknown;
  readonly why: string;
}

function violations(members: readonly Member[], at: Path = []): readonly Change[] {
  return members.flatMap(({ name, required, type }) => {
    const path = [...at, name];
    const missing = required ? [undefined, null].map((value) => ({ path, value, why: 'missing' })) : [];
    return [...missing, ...badValues(type, path)];
  });
}

function badValues(type: Type, path: Path): readonly Change[] {
  const bad = (value: unknown, why: string): Change => ({ path, value, why });
  switch (type.kind) {
    case 'string': {
      const found = [bad(7, 'no text'), bad({}, 'no text')];
      if (type.min > 0) found.push(bad('x'.repeat(type.min - 1), 'too short'));
      if (Number.isFinite(type.max)) found.push(bad('x'.repeat(type.max + 1), 'too long'));
      if (type.choices.length > 0) found.push(bad(`${type.choices[0]}x`, 'no choice'));
      if (type.like !== null) found.push(bad('no ~ match', 'another form'));
      return found;
    }
    case 'integer':
    case 'double': {
      const found = [bad('1', 'no number'), bad(Number.NaN, 'no number')];
      if (type.kind === 'integer') found.push(bad(1.5, 'a fraction'));
      if (Number.isFinite(type.min)) found.push(bad(type.min - 1, 'too small'));
      if (Number.isFinite(type.max)) found.push(bad(type.max + 1, 'too large'));
      return found;
    }
    case 'boolean':
      return [bad('true', 'no boolean'), bad(1, 'no boolean')];
    case 'timestamp':
      return [bad('2026-01-01T00:00:00Z', 'no number')];
    case 'list': {
      const found = [bad('x', 'no list'), bad({}, 'no list')];
      const items = (count: number) => Array.from({ length: count }, () => sampleOf(type.of));
      if (type.min > 0) found.push(bad(items(type.min - 1), 'too few'));
      if (Number.isFinite(type.max)) found.push(bad(items(type.max + 1), 'too many'));
      return [...found, ...badValues(type.of, [...path, 0])];
    }
    case 'map': {
      const tooMany = Object.fromEntries(Array.from({ length: type.max + 1 }, (_, at) => [`k${at}`, 'v']));
      return [
        bad([], 'no map'),
        bad(tooMany, 'too many'),
        bad({ '': 'v' }, 'empty key'),
        bad({ k: 7 }, 'no text'),
        bad({ k: '' }, 'empty value'),
        bad({ k: 'v'.repeat(33) }, 'long value'),
        bad({ ['k'.repeat(33)]: 'v' }, 'long key'),
      ];
    }
    case 'shape':
      return [bad('x', 'no object'), bad([], 'no object'), ...violations(entry(type.name).members, path)];
    default:
      return type satisfies never;
  }
}

function extremes(name: OperationName, members: readonly Member[], at: Path = []): readonly Change[] {
  return members.flatMap((member) => {
    const { type } = member;
    const path = [...at, member.name];
    const good = (value: unknown): Change => ({ path, value, why: 'good' });
    if (type.kind === 'string' && type.choices.length > 0) return type.choices.map(good);
    if (type.kind === 'string' && type.like === null) {
      return [type.min, type.max].filter(Number.isFinite).map((length) => good('x'.repeat(length)));
    }
    if (type.kind === 'integer' || type.kind === 'double')
      return [type.min, type.max].filter(Number.isFinite).map(good);
    if (type.kind === 'list') {
      const max = OUR_MAX[`${name} ${printPath(path)}`] ?? type.max;
      const list = Number.isFinite(max) ? [good(Array.from({ length: max }, () => sampleOf(type.of)))] : [];
      return [...list, ...(type.of.kind === 'shape' ? extremes(name, entry(type.of.name).members, [...path, 0]) : [])];
    }
    if (type.kind === 'shape') return extremes(name, entry(type.name).members, path);
    return [];
  });
}

function sample(members: readonly Member[], requiredOnly: boolean): Record<string, unknown> {
  return Object.fromEntries(
    members.filter(({ required }) => required || !requiredOnly).map(({ name, type }) => [name, sampleOf(type)]),
  );
}

function sampleOf(type: Type): unknown {
  switch (type.kind) {
    case 'string':
      if (type.choices.length > 0) return type.choices[0];
      if (type.like?.test('policy') === false) return '01234567-89ab-1def-8123-456789abcdef';
      return 'x'.repeat(Math.max(1, type.min));
    case 'integer':
    case 'double':
      return Number.isFinite(type.min) ? type.min : 0;
    case 'boolean':
      return true;
    case 'timestamp':
      return 1_727_004_672.25;
    case 'list':
      return [sampleOf(type.of)];
    case 'map':
      return { key: 'value' };
    case 'shape':
      return sample(entry(type.name).members, false);
    default:
      return type satisfies never;
  }
}

function replaced(body: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  const from = body as Record<string | number, unknown>;
  const inner = replaced(from[step], rest, value);
  if (Array.isArray(body)) return body.with(Number(step), inner);
  return { ...from, [step]: inner };
}

function printPath(path: Path): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .slice(1);
}

function entry(name: string): Entry {
  const found = ENTRIES.get(name);
  if (found === undefined) throw new Error(`no shape ${name}`);
  return found;
}

function kebab(name: string): string {
  return name.replaceAll(/(?<!^)[A-Z]/g, '-$&').toLowerCase();
}

function readEntries(lines: readonly string[]): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  let current: Entry | undefined;
  for (const line of lines) {
    const [, first = '', rest = ''] = /^ *(\S+) ?(.*)$/.exec(line) ?? [];
    if (!line.startsWith(' ')) {
      current = { name: first, path: rest === '' ? undefined : rest, errors: [], members: [] };
      entries.set(first, current);
    } else if (first === 'throws') current?.errors.push(rest);
    else current?.members.push({ name: first.replace('*', ''), required: first.endsWith('*'), type: readType(rest) });
  }
  return entries;
}

function readType(text: string): Type {
  const [, kind = '', min = '', max = '', rest = ''] = /^(\w+)(?: (\d*)\.\.(\d*))?(?: (.*))?$/.exec(text) ?? [];
  const range = { min: min === '' ? Number.NEGATIVE_INFINITY : Number(min), max: max === '' ? Infinity : Number(max) };
  switch (kind) {
    case 'string': {
      const choices = /^in (.*)$/.exec(rest)?.[1]?.split(' ') ?? [];
      const like = /^like (.*)$/.exec(rest)?.[1];
      return {
        kind,
        ...range,
        min: Math.max(0, range.min),
        choices,
        like: like === undefined ? null : new RegExp(`^${like}$`),
      };
    }
    case 'integer':
    case 'double':
      return { kind, ...range };
    case 'boolean':
    case 'timestamp':
      return { kind };
    case 'list':
      return { kind, ...range, of: readType(rest.replace(/^of /, '')) };
    case 'map': {
      const [, key = '', value = ''] = /^of (.*) to (.*)$/.exec(rest) ?? [];
      return { kind, max: range.max, key: readType(key), value: readType(value) };
    }
    default:
      return { kind: 'shape', name: kind };
  }
}

// AWS's schemas are tuples: [9, namespace, name, traits, input, output] of an operation, [3, namespace, name, traits,
// members, types, required count] of a structure, [1, namespace, name, traits, item] of a list. A type is another
// schema or a number: 0 text, 1 number, 2 boolean, 4 time; 64 is a list, 128 a map of such.
type Schema = readonly [number, string, string, Record<string, number>, () => Schema, readonly unknown[], number?];

function schemaOf(name: string): Schema {
  const found = Object.entries(sdk).find(([key]) => key === name);
  if (found === undefined) throw new Error(`AWS's client has no ${name}`);
  return found[1] as unknown as Schema;
}

function describeShape([, , , , members, types, required = 0]: Schema): object {
  const names = members as unknown as readonly string[];
  return Object.fromEntries(names.map((name, at) => [`${name}${at < required ? '*' : ''}`, describeSchema(types[at])]));
}

function describeSchema(given: unknown): unknown {
  const schema: unknown = typeof given === 'function' ? given() : given;
  if (typeof schema === 'number') {
    const scalar = ['text', 'number', 'boolean', 'bytes', 'time'][schema & 15];
    return schema & 64 ? [scalar] : schema & 128 ? { '*': scalar } : scalar;
  }
  const found = schema as Schema;
  return found[0] === 1 ? [describeSchema(found[4])] : describeShape(found);
}

function describeFacts(members: readonly Member[]): object {
  return Object.fromEntries(
    members.map(({ name, required, type }) => [`${name}${required ? '*' : ''}`, describeType(type)]),
  );
}

function describeType(type: Type): unknown {
  switch (type.kind) {
    case 'string':
      return 'text';
    case 'integer':
    case 'double':
      return 'number';
    case 'timestamp':
      return 'time';
    case 'boolean':
      return 'boolean';
    case 'list':
      return [describeType(type.of)];
    case 'map':
      return { '*': describeType(type.value) };
    case 'shape':
      return describeFacts(entry(type.name).members);
    default:
      return type satisfies never;
  }
}
