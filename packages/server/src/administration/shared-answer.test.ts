import { expect, test } from 'vitest';
import { shareAnswer } from './shared-answer.ts';

test('an answer is shared while it is young, made anew afterwards, and not kept when it failed', async () => {
  let now = 0;
  let made = 0;
  const read = shareAnswer(
    async () => {
      made += 1;
      if (made === 2) throw new Error('once');
      return made;
    },
    100,
    () => now,
  );
  expect(await Promise.all([read(), read()])).toEqual([1, 1]);
  now = 99;
  expect(await read()).toBe(1);
  now = 100;
  await expect(read()).rejects.toThrow('once');
  expect(await read()).toBe(3);
});
