/** A stream of numbers that a seed and a position decide: the same on every machine, whoever asks first. */
export interface Random {
  /** 0 ≤ n < 2^32 */
  word(): number;
  /** 0 ≤ x < 1 */
  share(): number;
  /** 0 ≤ n < count */
  below(count: number): number;
}

export function createRandom(seed: number, position: number): Random {
  let a = scatter(seed, position);
  let b = scatter(a, 0x9e3779b9);
  let c = scatter(b, position);
  let count = 1;

  // sfc32
  function word(): number {
    const sum = (a + b + count) | 0;
    count = (count + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  }

  return {
    word,
    share: () => word() / 2 ** 32,
    below: (limit) => Math.floor((word() / 2 ** 32) * limit),
  };
}

/** Two words into one in which every bit depends on all of them. */
export function scatter(one: number, other: number): number {
  let word = Math.imul((one ^ 0x9e3779b9) + Math.imul(other, 0x85ebca6b), 0xc2b2ae35);
  word = Math.imul(word ^ (word >>> 15) ^ other, 0x2c1b3c6d);
  word = Math.imul(word ^ (word >>> 12), 0x297a2d39);
  return (word ^ (word >>> 15)) >>> 0;
}

const HEX_4: readonly string[] = Array.from({ length: 65_536 }, (_item, word) => word.toString(16).padStart(4, '0'));

export function hex8(word: number): string {
  return `${HEX_4[word >>> 16] ?? ''}${HEX_4[word & 0xffff] ?? ''}`;
}

/** 32 digits for a trace; time plays no part in them, as in W3C's ids. */
export function traceHex(seed: number, index: number): string {
  const a = scatter(seed, index);
  const b = scatter(a, index ^ 0x5bd1e995);
  const c = scatter(b, seed);
  return hex8(a | 1) + hex8(b) + hex8(c) + hex8(scatter(c, index));
}

/** Picks 0 … count − 1, the n-th with a weight of 1 / (n + 1). */
export function createZipf(count: number): (random: Random) => number {
  const sums = new Float64Array(count);
  let total = 0;
  for (let at = 0; at < count; at += 1) sums[at] = total += 1 / (at + 1);
  return (random) => {
    const wanted = random.share() * total;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sums[middle] ?? 0) > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

/** Between the two, small ones as often as large ones on a logarithmic scale. */
export function logUniform(random: Random, from: number, to: number): number {
  return Math.round(from * (to / from) ** random.share());
}
