import { isJsonObject } from '../../clean-json.ts';
import type { Json, JsonObject } from '../../segment-document.ts';
import { braces, brackets, keyed, quote } from './json-text.ts';
import type { OtlpAttribute, OtlpValue } from './span.ts';

// An attribute's value has two forms in a document:
//
//   plain   what a person expects: "GET", 200, 0.5, true, ["a"], {"k": 1}, null
//   exact   as OTLP's JSON has it: {"intValue": "200"}, {"doubleValue": 1}, …
//
// The plain form is read back as: text → string, whole number → int, other number → double. Where that is not what it
// was (a double without fraction, bytes, an int beyond 2^53), the exact form is kept beside it.

/** Levels of lists that are printed and read; a decoder lets through fewer. */
export const VALUE_LEVELS_MAX = 64;

/** JSON text. What JSON has no number for is text. */
export function printPlain(value: OtlpValue, level = 0): string {
  switch (value.type) {
    case 'string':
    case 'bytes':
      return quote(value.value);
    case 'bool':
      return value.value ? 'true' : 'false';
    case 'int':
      return typeof value.value === 'number' ? String(value.value) : quote(value.value);
    case 'double':
      return Number.isFinite(value.value) ? String(value.value) : quote(String(value.value));
    case 'array':
      if (level >= VALUE_LEVELS_MAX) return '[]';
      return brackets(value.value.map((item) => `${printPlain(item, level + 1)},`).join('')) || '[]';
    case 'kvlist':
      if (level >= VALUE_LEVELS_MAX) return '{}';
      return braces(value.value.map((item) => keyed(item.key, printPlain(item, level + 1))).join('')) || '{}';
    case 'empty':
      return 'null';
    default:
      return value satisfies never;
  }
}

/** JSON text of an object. */
export function printPlainAttributes(attributes: readonly OtlpAttribute[]): string {
  return printPlain({ type: 'kvlist', value: attributes });
}

/** Whether the plain form is read back as this value. */
export function isPlain(value: OtlpValue, level = 0): boolean {
  switch (value.type) {
    case 'string':
    case 'bool':
    case 'empty':
      return true;
    case 'int':
      return typeof value.value === 'number';
    case 'double':
      return Number.isFinite(value.value) && !Number.isInteger(value.value);
    case 'bytes':
      return false;
    case 'array':
      return level < VALUE_LEVELS_MAX && value.value.every((item) => isPlain(item, level + 1));
    case 'kvlist':
      return (
        level < VALUE_LEVELS_MAX &&
        new Set(value.value.map(({ key }) => key)).size === value.value.length &&
        value.value.every((item) => isPlain(item, level + 1))
      );
    default:
      return value satisfies never;
  }
}

/** AnyValue as OTLP's JSON has it. */
export function printExact(value: OtlpValue, level = 0): string {
  switch (value.type) {
    case 'string':
      return `{"stringValue":${quote(value.value)}}`;
    case 'bool':
      return `{"boolValue":${value.value}}`;
    case 'int':
      return `{"intValue":"${value.value}"}`;
    case 'double':
      return `{"doubleValue":${printDouble(value.value)}}`;
    case 'bytes':
      return `{"bytesValue":${quote(value.value)}}`;
    case 'array': {
      const items = level < VALUE_LEVELS_MAX ? value.value.map((item) => `${printExact(item, level + 1)},`) : [];
      return `{"arrayValue":{"values":${brackets(items.join('')) || '[]'}}}`;
    }
    case 'kvlist': {
      const items = level < VALUE_LEVELS_MAX ? value.value.map((item) => `${printKeyValue(item, level + 1)},`) : [];
      return `{"kvlistValue":{"values":${brackets(items.join('')) || '[]'}}}`;
    }
    case 'empty':
      return '{}';
    default:
      return value satisfies never;
  }
}

/** KeyValue as OTLP's JSON has it. */
export function printKeyValue(attribute: OtlpAttribute, level = 0): string {
  return `{"key":${quote(attribute.key)},"value":${printExact(attribute, level)}}`;
}

function printDouble(value: number): string {
  if (Object.is(value, -0)) return '"-0"';
  return Number.isFinite(value) ? String(value) : `"${value}"`;
}

export function readPlain(value: Json, level = 0): OtlpValue {
  if (typeof value === 'string') return { type: 'string', value };
  if (typeof value === 'boolean') return { type: 'bool', value };
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) ? { type: 'int', value } : { type: 'double', value };
  }
  if (value === null || level >= VALUE_LEVELS_MAX) return { type: 'empty', value: null };
  if (!isJsonObject(value)) return { type: 'array', value: value.map((item) => readPlain(item, level + 1)) };
  return { type: 'kvlist', value: readPlainAttributes(value, level + 1) };
}

export function readPlainAttributes(values: JsonObject, level = 0): readonly OtlpAttribute[] {
  return Object.entries(values).map(([key, item]) => Object.assign({ key }, readPlain(item, level)));
}

/** Of OTLP's JSON; a value of another form is none. Names may have underscores. */
export function readExact(value: Json | undefined, level = 0): OtlpValue {
  if (!isJsonObject(value) || level >= VALUE_LEVELS_MAX) return NO_VALUE;
  for (const [name, item] of Object.entries(value)) {
    const read = EXACT.get(name)?.(item, level);
    if (read !== undefined) return read;
  }
  return NO_VALUE;
}

/** Of a list of KeyValue. */
export function readKeyValues(list: Json | undefined, level = 0): readonly OtlpAttribute[] {
  return listOf(list).flatMap((item) => {
    if (!isJsonObject(item)) return [];
    const { key } = item;
    return [{ key: typeof key === 'string' ? key : '', ...readExact(item['value'], level) }];
  });
}

const NO_VALUE: OtlpValue = { type: 'empty', value: null };

type ReadValue = (item: Json, level: number) => OtlpValue | undefined;

const readString: ReadValue = (value) => (typeof value === 'string' ? { type: 'string', value } : undefined);
const readBool: ReadValue = (value) => (typeof value === 'boolean' ? { type: 'bool', value } : undefined);
const readBytes: ReadValue = (value) => (typeof value === 'string' ? { type: 'bytes', value } : undefined);

const readInt: ReadValue = (value) => {
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return { type: 'int', value: value + 0 };
    // A sender that writes such a number has given up its last digits.
    return Number.isInteger(value) && Math.abs(value) < 2 ** 63
      ? { type: 'int', value: String(BigInt(value)) }
      : undefined;
  }
  if (typeof value !== 'string' || !/^-?\d{1,20}$/.test(value)) return undefined;
  const number = Number(value);
  if (Number.isSafeInteger(number)) return { type: 'int', value: number === 0 ? 0 : number };
  const exact = BigInt(value);
  return BigInt.asIntN(64, exact) === exact ? { type: 'int', value: exact.toString() } : undefined;
};

const readDouble: ReadValue = (value) => {
  if (typeof value === 'number') return { type: 'double', value };
  return typeof value === 'string' && DOUBLE.test(value) ? { type: 'double', value: Number(value) } : undefined;
};

const DOUBLE = /^(?:-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|NaN|-?Infinity)$/;

const readArray: ReadValue = (value, level) => ({
  type: 'array',
  value: listOf(isJsonObject(value) ? value['values'] : undefined).map((item) => readExact(item, level + 1)),
});

const readKvlist: ReadValue = (value, level) => ({
  type: 'kvlist',
  value: readKeyValues(isJsonObject(value) ? value['values'] : undefined, level + 1),
});

const EXACT: ReadonlyMap<string, ReadValue> = new Map([
  ['stringValue', readString],
  ['string_value', readString],
  ['boolValue', readBool],
  ['bool_value', readBool],
  ['intValue', readInt],
  ['int_value', readInt],
  ['doubleValue', readDouble],
  ['double_value', readDouble],
  ['bytesValue', readBytes],
  ['bytes_value', readBytes],
  ['arrayValue', readArray],
  ['array_value', readArray],
  ['kvlistValue', readKvlist],
  ['kvlist_value', readKvlist],
]);

export function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
