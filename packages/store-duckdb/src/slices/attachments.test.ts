import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createAttachments, type Attachments, type AttachmentLimits } from './attachments.ts';

interface File {
  readonly name: string;
  readonly documentCount: number;
}

interface Rig {
  readonly attachments: Attachments<File>;
  /** As attached already. */
  readonly add: (file: File) => void;
  /** Attached now, in order of their names. */
  readonly attached: () => string;
  /** Everything that the engine was asked. */
  readonly calls: string[];
  readonly failed: unknown[];
  /** What fails from now on. */
  readonly failing: Set<string>;
}

const NO_LIMITS: AttachmentLimits = { slicesMax: Infinity, documentsMax: Infinity };

/** An engine that takes a turn or more for everything, and must not be asked twice for the same. */
function createRig(limits: Partial<AttachmentLimits>): Rig {
  const attached = new Set<string>();
  const calls: string[] = [];
  const failed: unknown[] = [];
  const failing = new Set<string>();
  async function call(what: string, name: string): Promise<void> {
    calls.push(`${what}${name}`);
    await sleep(0);
    if (failing.has(`${what}${name}`)) throw new Error(`${what}${name} failed`);
  }
  const attachments = createAttachments<File>({
    limits: { ...NO_LIMITS, ...limits },
    async attach({ name }) {
      await call('+', name);
      attached.add(name);
    },
    async detach({ name }) {
      await call('-', name);
      attached.delete(name);
    },
    failed: (error) => failed.push(error),
  });
  return {
    attachments,
    add(file) {
      attached.add(file.name);
      attachments.add(file);
    },
    calls,
    failed,
    failing,
    attached: () => [...attached].sort().join(' '),
  };
}

const [A, B, C]: readonly [File, File, File] = [
  { name: 'a', documentCount: 1 },
  { name: 'b', documentCount: 2 },
  { name: 'c', documentCount: 4 },
];

/** All of them were used once. */
async function createUsedRig(limits: Partial<AttachmentLimits>): Promise<Rig> {
  const rig = createRig(limits);
  for (const file of [A, B, C]) rig.add(file);
  await rig.attachments.settled();
  for (const file of [A, B, C]) (await rig.attachments.use([file]))[Symbol.dispose]();
  await rig.attachments.settled();
  rig.calls.length = 0;
  return rig;
}

test.each<[string, Partial<AttachmentLimits>, string]>([
  ['within the limits all stay', { slicesMax: 3, documentsMax: 7 }, 'a b c'],
  ['the least recently used go', { slicesMax: 2 }, 'b c'],
  ['large ones count for more', { documentsMax: 5 }, 'c'],
  ['one that is too large alone goes too', { documentsMax: 3 }, ''],
  ['none is kept', { slicesMax: 0 }, ''],
])('%s', async (_name, limits, expected) => {
  expect((await createUsedRig(limits)).attached()).toBe(expected);
});

test('while all are attached the engine is asked for nothing', async () => {
  const { attachments, calls } = await createUsedRig({});
  using _use = await attachments.use([A, B, C]);
  expect(calls).toEqual([]);
});

test('those that are used stay, however many they are, and go once they are not', async () => {
  const { attachments, attached } = await createUsedRig({ slicesMax: 1 });
  const use = await attachments.use([A, B]);
  const other = await attachments.use([B, C]);
  await attachments.settled();
  expect(attached()).toBe('a b c');
  use[Symbol.dispose]();
  use[Symbol.dispose]();
  await attachments.settled();
  expect(attached()).toBe('b c');
  other[Symbol.dispose]();
  await attachments.settled();
  expect(attached()).toBe('c');
});

test('two uses at once attach a file once', async () => {
  const { attachments, calls } = await createUsedRig({ slicesMax: 1 });
  await Promise.all([attachments.use([A]), attachments.use([A])]);
  expect(calls.filter((call) => call === '+a')).toHaveLength(1);
});

test('one that is asked for while it is being let go of is attached again', async () => {
  const { attachments, calls, attached } = await createUsedRig({ slicesMax: 1 });
  using _a = await attachments.use([A]);
  // The next turn of the engine takes C away.
  while (calls.at(-1) !== '-c') await sleep(0);
  using _c = await attachments.use([C]);
  expect(calls).toEqual(['+a', '-c', '+c']);
  expect(attached()).toBe('a c');
});

test('a file that cannot be attached fails its use alone, and may be there again later', async () => {
  const { attachments, failing, attached } = await createUsedRig({ slicesMax: 1 });
  failing.add('+a');
  await expect(attachments.use([B, A])).rejects.toThrow('+a failed');
  await attachments.settled();
  expect(attached()).toBe('b');
  using _use = await attachments.use([C]);
  failing.clear();
  using _again = await attachments.use([A]);
  expect(attached()).toContain('a');
});

test('a file that cannot be detached is told of, and can be used', async () => {
  const { attachments, failing, failed, attached } = await createUsedRig({ slicesMax: 1 });
  failing.add('-c');
  using _a = await attachments.use([A]);
  await attachments.settled();
  expect(failed).toEqual([new Error('-c failed')]);
  using _c = await attachments.use([C]);
  expect(attached()).toBe('a c');
});

test('one that is forgotten is detached and no longer known', async () => {
  const { attachments, calls, attached } = await createUsedRig({});
  await attachments.forget(A);
  using _use = await attachments.use([A, B]);
  expect(calls).toEqual(['-a']);
  expect(attached()).toBe('b c');
});

test.each(Array.from({ length: 20 }, (_item, at) => at + 1))(
  'whatever happens in which order: run %i',
  async (seed) => {
    const random = createRandom(seed);
    const files = Array.from({ length: 6 }, (_item, at) => ({
      name: `${at}`,
      documentCount: Math.floor(random() * 4),
    }));
    const limits = { slicesMax: 1 + Math.floor(random() * 3), documentsMax: 1 + Math.floor(random() * 6) };
    const rig = createRig(limits);
    for (const file of files) rig.add(file);
    const forgotten = files[0];

    async function read(): Promise<void> {
      for (let step = 0; step < 10; step += 1) {
        const wanted = files.slice(1).filter(() => random() < 0.3);
        using _use = await rig.attachments.use(wanted);
        for (let look = 0; look < 3; look += 1) {
          const attached = rig.attached().split(' ');
          for (const { name } of wanted) expect(attached).toContain(name);
          await sleep(random() < 0.5 ? 0 : 1);
        }
      }
    }

    await Promise.all([read(), read(), read(), forgotten === undefined ? null : rig.attachments.forget(forgotten)]);
    await rig.attachments.settled();
    const left = files.filter(({ name }) => rig.attached().split(' ').includes(name));
    expect(left.length).toBeLessThanOrEqual(limits.slicesMax);
    expect(left.reduce((sum, { documentCount }) => sum + documentCount, 0)).toBeLessThanOrEqual(limits.documentsMax);
    expect(left).not.toContain(forgotten);
    expect(rig.failed).toEqual([]);
  },
);

/** Numbers in [0, 1), the same for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
