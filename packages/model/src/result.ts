/** The outcome of reading input we do not control. A fault of our own throws instead. */
export type Result<T, Problem> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: Problem };

export function ok<T>(value: T): Result<T, never> {
  return { ok: true, value };
}

export function bad<Problem>(problem: Problem): Result<never, Problem> {
  return { ok: false, problem };
}
