/** Both shares are of a number of traces; a set without any has no share, and nothing is known. */
export interface Shares {
  readonly a: number;
  readonly aTotal: number;
  readonly b: number;
  readonly bTotal: number;
}

export interface Difference {
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly score: number;
}

/** Two-sided 99.9 %: thousands of values are held against each other, of which 95 % would call every twentieth one different. */
const Z = 3.2905;

/**
 * How far two shares differ, for certain.
 *
 * The difference of shares says at once what it means (46 % of the slow traces, 2 % of the others), and is not moved by how
 * many traces there are; ratios and information gains are, or put what is rare first. What few traces say by chance is kept
 * down by the interval that the difference lies in: two Wilson intervals joined (R. G. Newcombe 1998, Statistics in
 * Medicine 17, method 10), which holds for small numbers and for shares of 0 and 1, where the normal approximation does
 * not. The score is the end of it that is nearer to 0: a value must be sure and large to come first. It is at most the
 * difference itself, the same when the sets change places, and grows with the number of traces.
 */
export function differenceOf(shares: Shares, z: number = Z): Difference {
  const { a, aTotal, b, bTotal } = shares;
  if (aTotal === 0 || bTotal === 0) return { difference: 0, low: -1, high: 1, score: 0 };
  const [left, right] = [wilson(a, aTotal, z), wilson(b, bTotal, z)];
  const difference = left.share - right.share;
  const low = Math.max(-1, difference - Math.hypot(left.share - left.low, right.high - right.share));
  const high = Math.min(1, difference + Math.hypot(left.high - left.share, right.share - right.low));
  return { difference, low, high, score: Math.max(0, low, -high) };
}

interface Interval {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/** Wilson's score interval of a share. */
function wilson(count: number, total: number, z: number): Interval {
  const share = count / total;
  const squared = z * z;
  const middle = 2 * count + squared;
  const reach = z * Math.sqrt(squared + 4 * count * (1 - share));
  const scale = 2 * (total + squared);
  return { share, low: Math.max(0, (middle - reach) / scale), high: Math.min(1, (middle + reach) / scale) };
}
