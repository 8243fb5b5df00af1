import { timeUs } from '@fluoroscope/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeRecord, encodeRecords } from './record.ts';

test('the layout', () => {
  const [bytes] = encodeRecords(['{}'], timeUs(1));
  expect(Buffer.from(bytes ?? []).toString('hex')).toBe('01000000000000f03f7b7d');
});

test('what was encoded is decoded', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.maxSafeNat(), (texts, us) => {
      const decoded = encodeRecords(texts, timeUs(us)).map((bytes) => decodeRecord(bytes));
      expect(decoded).toEqual(texts.map((text) => ({ ok: true, value: { receivedUs: us, text } })));
    }),
    { seed: 2 },
  );
});

test.each([
  ['too-short', '01000000'],
  ['unknown-version', '02000000000000f03f7b7d'],
  ['not-utf8', '01000000000000f03fff'],
])('refused: %s', (problem, hex) => {
  expect(decodeRecord(Buffer.from(hex, 'hex'))).toEqual({ ok: false, problem });
});
