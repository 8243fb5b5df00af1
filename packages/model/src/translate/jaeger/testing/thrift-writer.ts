import { THRIFT } from '../thrift-reader.ts';

/** Thrift's binary protocol for tests: each gives its bytes. */
export type Bytes = readonly number[];

export function struct(...fields: readonly Bytes[]): Bytes {
  return [...fields.flat(), THRIFT.stop];
}

export function i32Field(id: number, value: number): Bytes {
  return [...header(THRIFT.i32, id), ...i32(value)];
}

export function i16Field(id: number, value: number): Bytes {
  return [...header(THRIFT.i16, id), (value >> 8) & 0xff, value & 0xff];
}

export function i64Field(id: number, value: bigint): Bytes {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigInt64(0, BigInt.asIntN(64, value));
  return [...header(THRIFT.i64, id), ...new Uint8Array(view.buffer)];
}

export function doubleField(id: number, value: number): Bytes {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return [...header(THRIFT.double, id), ...new Uint8Array(view.buffer)];
}

export function boolField(id: number, value: boolean): Bytes {
  return [...header(THRIFT.bool, id), Number(value)];
}

export function textField(id: number, text: string): Bytes {
  return bytesField(id, [...new TextEncoder().encode(text)]);
}

export function bytesField(id: number, bytes: Bytes): Bytes {
  return [...header(THRIFT.string, id), ...i32(bytes.length), ...bytes];
}

export function structField(id: number, bytes: Bytes): Bytes {
  return [...header(THRIFT.struct, id), ...bytes];
}

export function listField(id: number, structs: readonly Bytes[]): Bytes {
  return [...header(THRIFT.list, id), THRIFT.struct, ...i32(structs.length), ...structs.flat()];
}

function header(type: number, id: number): Bytes {
  return [type, id >> 8, id & 0xff];
}

function i32(value: number): Bytes {
  return [24, 16, 8, 0].map((shift) => (value >> shift) & 0xff);
}
