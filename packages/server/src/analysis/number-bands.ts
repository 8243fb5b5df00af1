import { NUMBER_BANDS } from './limits.ts';

/** Of numbers: from `from` on, below `to`; null: without end. */
export interface NumberBand {
  readonly from: number;
  readonly to: number | null;
}

/** Digits kept of a number, so that any numbers are few different ones. */
const DIGITS = 3;

/** The greatest number of three digits that is not above this one: what bands begin and end at. */
export function floorNumber(value: number): number {
  const exponent = Number(value.toExponential().split('e')[1]);
  const near = Number(value.toPrecision(DIGITS));
  return near <= value ? near : Number((near - 10 ** (exponent - DIGITS + 1)).toPrecision(DIGITS));
}

export interface WeighedNumber {
  readonly value: number;
  readonly weight: number;
}

/** Where bands begin that have about the same weight each; ascending. */
export function bandStarts(numbers: readonly WeighedNumber[]): readonly number[] {
  const sorted = numbers.toSorted((x, y) => x.value - y.value);
  const total = sorted.reduce((all, { weight }) => all + weight, 0);
  const starts: number[] = [];
  let seen = 0;
  for (const { value, weight } of sorted) {
    if (seen >= (total * starts.length) / NUMBER_BANDS) starts.push(value);
    seen += weight;
  }
  return starts;
}

/** The place of the last start that is not above the value; −1 before the first. */
export function bandAt(starts: readonly number[], value: number): number {
  return starts.findLastIndex((start) => start <= value);
}

/** 1, 2, 5, 10 … milliseconds: what a latency is told apart by. Microseconds. */
const TIME_STARTS_US: readonly number[] = [
  0,
  ...Array.from({ length: 6 }, (_decade, at) => [1, 2, 5].map((digit) => digit * 1_000 * 10 ** at)).flat(),
];

export function timeBandAt(us: number): number {
  return bandAt(TIME_STARTS_US, us);
}

/** In seconds; the last has no end. */
export function timeBand(at: number): NumberBand {
  const endUs = TIME_STARTS_US[at + 1];
  return { from: (TIME_STARTS_US[at] ?? 0) / 1e6, to: endUs === undefined ? null : endUs / 1e6 };
}

export function printBand({ from, to }: NumberBand): string {
  return to === null ? `from ${from}` : `${from} to ${to}`;
}
