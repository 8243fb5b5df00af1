import { readCorpus } from '@fluoroscope/testkit';
import { expect, test } from 'vitest';
import { parseTraceId, toW3cTraceId } from './trace-id.ts';

test.each(readCorpus('trace-id/valid'))('%s is read, and writes back as W3C', (text) => {
  const id = parseTraceId(text);
  expect(id.ok && toW3cTraceId(id.value)).toBe('5759e988bd862e3fe1be46a994272793');
});

test.each(readCorpus('trace-id/invalid'))('%s is refused', (text) => {
  expect(parseTraceId(text).ok).toBe(false);
});
