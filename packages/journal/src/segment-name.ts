/**
 * name = 16DIGIT ".journal"   ; the sequence of the first record, so that order and skipping need no reading
 */
const NAME = /^(\d{16})\.journal$/;

export interface SegmentName {
  readonly name: string;
  readonly firstSequence: number;
}

export function printSegmentName(firstSequence: number): string {
  return `${String(firstSequence).padStart(16, '0')}.journal`;
}

/** The journal's files among these names, in order; other names are not ours. */
export function pickSegmentNames(names: readonly string[]): SegmentName[] {
  return names
    .filter((name) => NAME.test(name))
    .map((name) => ({ name, firstSequence: Number.parseInt(name, 10) }))
    .filter(({ firstSequence }) => Number.isSafeInteger(firstSequence))
    .sort((a, b) => a.firstSequence - b.firstSequence);
}
