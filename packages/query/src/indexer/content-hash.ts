/**
 * 53 bits of a text, to recognise a document that is delivered again. Two lanes of multiply-and-xor over UTF-16
 * units; only ever compared within one trace, so that strangers cannot collide.
 * A cryptographic hash would cost more than all the rest of indexing.
 */
export function contentHash(text: string): number {
  let low = 0x9e3779b9;
  let high = 0x85ebca6b;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x5bd1e995);
  }
  low ^= low >>> 15;
  high = Math.imul(high ^ (high >>> 13), 0x2c1b3c6d);
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}
