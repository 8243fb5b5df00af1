import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createOpener } from './opener.ts';
import { pack, unpack } from './packing.ts';
import { decodeHeader, isSealed } from './sealed.ts';
import { createSealer } from './sealer.ts';
import { keyOf } from './testing/keys.ts';

const SEED = 20_261_121;
const KEY = keyOf('k1');
const MESSAGE = Buffer.from('{"name":"shop"}');

test('what was sealed is opened, whatever it is, under its context only', () => {
  const sealer = createSealer(KEY);
  const opener = createOpener([keyOf('k0', 9), KEY]);
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.string(),
      fc.constantFrom(0 as const, 1 as const),
      (message, context, packing) => {
        const sealed = sealer.seal(message, context, packing);
        expect(sealed.byteLength).toBe(message.byteLength + sealer.overheadBytes);
        expect(isSealed(sealed)).toBe(true);
        expect(opener.open(sealed, context)).toEqual({ ok: true, value: { message: Buffer.from(message), packing } });
        expect(opener.open(sealed, `${context} `)).toEqual({ ok: false, problem: { code: 'altered' } });
      },
    ),
    { seed: SEED },
  );
});

test('version 1 as it was first written is opened', () => {
  const sealed = Buffer.from(SEALED_BY_VERSION_1, 'hex');
  expect(decodeHeader(sealed)).toMatchObject({
    ok: true,
    value: { id: 'k1', fingerprint: KEY.fingerprint, packing: 0 },
  });
  const opened = createOpener([KEY]).open(sealed, 'a context');
  expect(opened.ok && opened.value.message.toString()).toBe(MESSAGE.toString());
});

test('no bit can be flipped, and nothing cut off or added', () => {
  const opener = createOpener([KEY]);
  const sealed = createSealer(KEY).seal(MESSAGE, 'c', 0);
  for (let bit = 0; bit < sealed.byteLength * 8; bit += 1) {
    const altered = Buffer.from(sealed);
    altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(opener.open(altered, 'c').ok).toBe(false);
  }
  for (let bytes = 0; bytes < sealed.byteLength; bytes += 1) {
    expect(opener.open(sealed.subarray(0, bytes), 'c').ok).toBe(false);
  }
  expect(opener.open(Buffer.concat([sealed, Buffer.alloc(1)]), 'c').ok).toBe(false);
});

test.each([
  ['without its key', [keyOf('k2')]],
  ['with another key of the same id', [keyOf('k1', 2)]],
  ['without any key', []],
])('%s, the key is named', (_name, keys) => {
  const sealed = createSealer(KEY).seal(MESSAGE, 'c', 0);
  const key = { id: 'k1', fingerprint: KEY.fingerprint };
  expect(createOpener(keys).open(sealed, 'c')).toEqual({ ok: false, problem: { code: 'missing-key', key } });
});

test('a derived key seals so many messages, and no nonce is used twice', () => {
  const sealer = createSealer(KEY, { messagesPerDerivedKeyMax: 3 });
  const opener = createOpener([KEY]);
  const headers = Array.from({ length: 7 }, () => {
    const sealed = sealer.seal(MESSAGE, 'c', 0);
    expect(opener.open(sealed, 'c').ok).toBe(true);
    const header = decodeHeader(sealed);
    if (!header.ok) throw new Error('no header');
    return header.value;
  });
  const salts = headers.map(({ salt }) => salt.toString('hex'));
  expect(salts.map((salt) => salts.indexOf(salt))).toEqual([0, 0, 0, 3, 3, 3, 6]);
  expect(new Set(headers.map(({ nonce }) => nonce.toString('hex'))).size).toBe(7);
});

test('two sealers of one key have derived keys of their own', () => {
  const [one, two] = [createSealer(KEY), createSealer(KEY)].map((sealer) => decodeHeader(sealer.seal(MESSAGE, 'c', 0)));
  expect(one?.ok && two?.ok && one.value.salt.equals(two.value.salt)).toBe(false);
});

test.each([
  ['a document', '{"id":"53995c3f42cd8ad8","trace_id":"1-5759e988-bd862e3fe1be46a994272793","name":"shop"}', 1],
  ['what does not pack', '\u0001', 0],
  ['nothing', '', 0],
])('%s is packed if that is shorter', (_name, text, packing) => {
  const packed = pack(Buffer.from(text));
  expect(packed.packing).toBe(packing);
  expect(unpack(packed.bytes, packed.packing).toString()).toBe(text);
});

const SEALED_BY_VERSION_1 =
  'e100026b311aadf112a2126a28b63c928d78d65aedb62e407206d43914c4295509174f5910c4702917606c10bcc25e70e84ea4f766e364b13e8c13ac2be2e4c1fb6092f4';
