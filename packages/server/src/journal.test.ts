import { expect, test } from 'vitest';
import { isFlushWanted, type JournalUse } from './journal.ts';

const MIB = 2 ** 20;

test.each<[string, JournalUse, boolean]>([
  ['small', { sizeBytes: 10 * MIB, sizeBytesMax: 1024 * MIB, heldCount: 100, waitingCount: 0 }, false],
  ['much of it is held', { sizeBytes: 300 * MIB, sizeBytesMax: 1024 * MIB, heldCount: 100, waitingCount: 10 }, true],
  ['full of what waits', { sizeBytes: 1024 * MIB, sizeBytesMax: 1024 * MIB, heldCount: 10, waitingCount: 90 }, false],
  ['full, half of it held', { sizeBytes: 64 * MIB, sizeBytesMax: 64 * MIB, heldCount: 50, waitingCount: 50 }, true],
  ['nothing held', { sizeBytes: 1024 * MIB, sizeBytesMax: 1024 * MIB, heldCount: 0, waitingCount: 0 }, false],
])('a flush is asked for where it frees room: %s', (_name, use, isWanted) => {
  expect(isFlushWanted(use)).toBe(isWanted);
});
