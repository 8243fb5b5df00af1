/** A slice holds what was written by the heads of these orders, both inclusive. */
export interface OrderRange {
  readonly firstOrder: number;
  readonly lastOrder: number;
}

// slice      = order "-" order ".duckdb"
// unfinished = slice ".new" / slice ".new.wal"
// order      = 10DIGIT

const ORDER_DIGITS = 10;
const SLICE = /^(\d{10})-(\d{10})\.duckdb$/;
const UNFINISHED = /^\d{10}-\d{10}\.duckdb\.new(?:\.wal)?$/;

export function printSliceName({ firstOrder, lastOrder }: OrderRange): string {
  return `${printOrder(firstOrder)}-${printOrder(lastOrder)}.duckdb`;
}

export function printUnfinishedName(range: OrderRange): string {
  return `${printSliceName(range)}.new`;
}

/** Null for a file that is no slice. */
export function orderRangeOf(name: string): OrderRange | null {
  const [, first, last] = SLICE.exec(name) ?? [];
  const range = { firstOrder: Number(first), lastOrder: Number(last) };
  return range.firstOrder >= 1 && range.firstOrder <= range.lastOrder ? range : null;
}

export function isUnfinished(name: string): boolean {
  return UNFINISHED.test(name);
}

function printOrder(order: number): string {
  return order.toFixed(0).padStart(ORDER_DIGITS, '0');
}
