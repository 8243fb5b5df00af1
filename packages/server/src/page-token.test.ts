import { mkdtemp, readFile, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadOrCreatePageSecret } from './page-secret.ts';
import { createPageTokens } from './page-token.ts';

const tokens = createPageTokens(Buffer.alloc(32, 7));
const SCOPE = ['get-trace-summaries', 1, 2, 'TraceId', 'ok'];

test('a token gives its cursor back to the same question', () => {
  expect(tokens.read(SCOPE, tokens.issue(SCOPE, [1.5, '1-a']))).toEqual({ ok: true, value: [1.5, '1-a'] });
});

test('and to no other, nor under another secret', () => {
  const token = tokens.issue(SCOPE, [1]);
  for (const scope of [
    [],
    SCOPE.slice(1),
    [...SCOPE, ''],
    ['batch-get-traces', ...SCOPE.slice(1)],
    [...SCOPE.slice(0, 4), 'ok '],
  ]) {
    expect(tokens.read(scope, token).ok).toBe(false);
  }
  expect(createPageTokens(Buffer.alloc(32, 8)).read(SCOPE, token).ok).toBe(false);
});

test('no other text is a token', () => {
  const token = tokens.issue(SCOPE, [1]);
  const piece = fc.string({ minLength: 1, maxLength: 2 });
  const mutant = fc
    .tuple(fc.nat(token.length), piece)
    .map(([at, text]) => token.slice(0, at) + text + token.slice(at + 1));
  const longer = piece.map((text) => token + text);
  fc.assert(
    fc.property(fc.oneof(fc.string(), mutant, longer, fc.constant(token.slice(0, -1))), (text) => {
      if (text !== token) expect(tokens.read(SCOPE, text).ok).toBe(false);
    }),
    { seed: 4, numRuns: 5_000 },
  );
});

test('the secret is kept, for its owner only, and made anew when it was cut', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fluoroscope-secret-'));
  const path = join(folder, 'data', 'page-secret');
  const secret = await loadOrCreatePageSecret(join(folder, 'data'));
  expect(secret).toHaveLength(32);
  expect(await loadOrCreatePageSecret(join(folder, 'data'))).toEqual(secret);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await truncate(path, 10);
  const next = await loadOrCreatePageSecret(join(folder, 'data'));
  expect(next).toHaveLength(32);
  expect(await readFile(path)).toEqual(next);
  await rm(folder, { recursive: true });
});
