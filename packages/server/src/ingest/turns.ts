import { textOfSent, type SentDocument } from '@fluoroscope/model';
import { CHARS_PER_TURN_MAX, DOCUMENTS_PER_TURN_MAX } from '../limits.ts';

/** The documents in order, in slices that are parsed within a few milliseconds each. */
export function* turnsOf<T extends SentDocument>(documents: readonly T[]): Generator<readonly T[]> {
  let start = 0;
  let chars = 0;
  for (const [at, sent] of documents.entries()) {
    const { length } = textOfSent(sent);
    const isEnough = at - start === DOCUMENTS_PER_TURN_MAX || chars + length > CHARS_PER_TURN_MAX;
    if (isEnough && at > start) {
      yield documents.slice(start, at);
      start = at;
      chars = 0;
    }
    chars += length;
  }
  if (start < documents.length) yield documents.slice(start);
}
