declare const brand: unique symbol;

/** Whole microseconds since 1970-01-01T00:00Z. Exact in a double until the year 2255. */
export type TimeUs = number & { readonly [brand]: 'TimeUs' };

/** Documents and the API carry float seconds. */
export function timeUsFromSeconds(seconds: number): TimeUs {
  return timeUs(Math.round(seconds * 1e6));
}

export function timeUsFromMs(ms: number): TimeUs {
  return timeUs(Math.round(ms * 1e3));
}

/** For integers that are already microseconds: rows read back from a store, clock arithmetic. */
export function timeUs(us: number): TimeUs {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the only place one is made
  return us as TimeUs;
}

export function secondsFromUs(us: number): number {
  return us / 1e6;
}
