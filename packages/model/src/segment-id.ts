import { bad, ok, type Result } from './result.ts';

declare const brand: unique symbol;

/** segment-id = 16HEXDIG   ; of a segment or a subsegment; lower case here; all zeros means "none" */
export type SegmentId = string & { readonly [brand]: 'SegmentId' };

const FORM = /^[0-9a-f]{16}$/;
const ALL_ZEROS = '0'.repeat(16);

export function parseSegmentId(text: string): Result<SegmentId, 'malformed' | 'all-zeros'> {
  const lower = text.toLowerCase();
  if (!FORM.test(lower)) return bad('malformed');
  if (lower === ALL_ZEROS) return bad('all-zeros');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the only place one is made
  return ok(lower as SegmentId);
}
