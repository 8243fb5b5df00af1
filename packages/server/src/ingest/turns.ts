import { CHARS_PER_TURN_MAX, DOCUMENTS_PER_TURN_MAX } from '../limits.ts';

/** The texts in order, in slices that are parsed within a few milliseconds each. */
export function* turnsOf(texts: readonly string[]): Generator<readonly string[]> {
  let start = 0;
  let chars = 0;
  for (const [at, text] of texts.entries()) {
    const isEnough = at - start === DOCUMENTS_PER_TURN_MAX || chars + text.length > CHARS_PER_TURN_MAX;
    if (isEnough && at > start) {
      yield texts.slice(start, at);
      start = at;
      chars = 0;
    }
    chars += text.length;
  }
  if (start < texts.length) yield texts.slice(start);
}
