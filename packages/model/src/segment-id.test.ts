import { readCorpus } from '@fluoroscope/testkit';
import { expect, test } from 'vitest';
import { parseSegmentId } from './segment-id.ts';

test.each(readCorpus('segment-id/valid'))('%s is read, in lower case', (text) => {
  expect(parseSegmentId(text)).toEqual({ ok: true, value: '53995c3f42cd8ad8' });
});

test.each(readCorpus('segment-id/invalid'))('%s is refused', (text) => {
  expect(parseSegmentId(text).ok).toBe(false);
});
