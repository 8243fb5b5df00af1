import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { API_ERROR_STATUS, ApiError } from './errors.ts';

test('every code stands in docs/errors.md with its status, and no other does', () => {
  const docs = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
  const rows = [...docs.matchAll(/^\| `(\w+)` \| (\d{3}) \|/gm)].map(([, code, status]) => [code, Number(status)]);
  expect(rows).toEqual(Object.entries(API_ERROR_STATUS));
});

test('the code comes first in the message, and the text stays without it', () => {
  const cause = new Error('why');
  const error = new ApiError('ThrottledException', 'later', { retryAfterSeconds: 2, cause });
  expect(error).toMatchObject({
    message: '[ThrottledException] later',
    text: 'later',
    status: 429,
    retryAfterSeconds: 2,
    cause,
  });
});
