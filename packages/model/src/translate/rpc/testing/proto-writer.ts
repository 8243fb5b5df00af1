/** Protobuf fields for tests: each gives its bytes, `message` joins them. */
export type Bytes = readonly number[];

export function message(...fields: readonly Bytes[]): Bytes {
  return fields.flat();
}

export function varintField(field: number, value: number | bigint): Bytes {
  return [...varint(field * 8), ...varint(value)];
}

export function bytesField(field: number, bytes: Bytes): Bytes {
  return [...varint(field * 8 + 2), ...varint(bytes.length), ...bytes];
}

export function textField(field: number, text: string): Bytes {
  return bytesField(field, [...new TextEncoder().encode(text)]);
}

export function hexField(field: number, hex: string): Bytes {
  return bytesField(field, hexBytes(hex));
}

export function fixed64Field(field: number, value: number): Bytes {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(value), true);
  return [...varint(field * 8 + 1), ...new Uint8Array(view.buffer)];
}

export function doubleField(field: number, value: number): Bytes {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value, true);
  return [...varint(field * 8 + 1), ...new Uint8Array(view.buffer)];
}

export function hexBytes(hex: string): Bytes {
  return (hex.match(/../g) ?? []).map((digits) => Number.parseInt(digits, 16));
}

function varint(value: number | bigint): Bytes {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, BigInt(value));
  while (left >= 0x80n) {
    bytes.push(Number(left & 0x7fn) | 0x80);
    left >>= 7n;
  }
  return [...bytes, Number(left)];
}
