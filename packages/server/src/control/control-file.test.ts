import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StartError } from '../start-error.ts';
import { parseControlFile, printControlFile } from './control-file.ts';
import { createControlPlane } from './control-plane.ts';
import { FIRST_STATE, type ControlState } from './control-state.ts';
import { openControlRig, type ControlRig } from './testing/control-rig.ts';

const SEED = 20_261_121;

let rig: ControlRig;
beforeEach(async () => {
  rig = await openControlRig();
});
afterEach(() => rig[Symbol.asyncDispose]());

test.each([
  ['cut short', (path: string) => truncate(path, 100), /damaged/],
  ['empty', (path: string) => truncate(path, 0), /damaged/],
  ['a bit flipped', flipBit, /damaged/],
  ['no JSON', (path: string) => writeFile(path, 'hello\n'), /damaged/],
  ['of a newer version', (path: string) => writeFile(path, '{"version":2,"sha256":"x"}\n{}\n'), /newer version/],
  ['a state with a member that is none', (path: string) => writeFile(path, printed({ more: 1 })), /damaged/],
  ['a state without groups', (path: string) => writeFile(path, printed({ groups: [] })), /damaged/],
])('a file %s is refused, told what to do about, and left as it is', async (_name, damage, message) => {
  const path = join(rig.dataDir, 'control.json');
  await (await rig.open()).groups.create({ GroupName: 'slow' });
  await damage(path);
  const before = await readFile(path);
  await expect(rig.open()).rejects.toThrow(StartError);
  await expect(rig.open()).rejects.toThrow(message);
  expect(await readFile(path)).toEqual(before);
});

test('what a crash left of a write is not looked at', async () => {
  await (await rig.open()).groups.create({ GroupName: 'slow' });
  await writeFile(join(rig.dataDir, 'control.json.new'), 'half of it');
  expect((await rig.open()).groups.list()).toHaveLength(2);
});

test('any state is read as it was printed', () => {
  const texts = fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }));
  const states = fc.record({ tags: texts, name: fc.string({ unit: 'binary', minLength: 1 }) });
  fc.assert(
    fc.property(states, ({ tags, name }) => {
      const group = { name, id: 'X', expression: null, insights: false, notifications: false, tags };
      const state: ControlState = { ...FIRST_STATE, groups: [...FIRST_STATE.groups, group] };
      expect(parseControlFile(printControlFile(state))).toEqual({ ok: true, value: state });
    }),
    { seed: SEED },
  );
});

test('changes are made one after another, and one that cannot be written has not been made', async () => {
  const saved: number[] = [];
  const told: number[] = [];
  let fails = false;
  const control = createControlPlane({
    state: FIRST_STATE,
    async save({ rulesModifiedAt }) {
      await Promise.resolve();
      if (fails) throw new Error('ENOSPC');
      saved.push(rulesModifiedAt);
    },
    changed: ({ rulesModifiedAt }) => void told.push(rulesModifiedAt),
  });
  const count = () =>
    control.change((state) => {
      const rulesModifiedAt = state.rulesModifiedAt + 1;
      return { state: { ...state, rulesModifiedAt }, answer: rulesModifiedAt };
    });
  expect(await Promise.all([count(), count(), count()])).toEqual([1, 2, 3]);
  fails = true;
  await expect(count()).rejects.toMatchObject({ code: 'ServiceUnavailable', retryAfterSeconds: 1 });
  fails = false;
  expect(await count()).toBe(4);
  expect(await control.change((state) => ({ state, answer: 'nothing' }))).toBe('nothing');
  expect([saved, told]).toEqual([
    [1, 2, 3, 4],
    [1, 2, 3, 4],
  ]);
});

test('a folder that cannot be written is ServiceUnavailable, and nothing has changed', async () => {
  const control = await rig.open();
  await mkdir(join(rig.dataDir, 'control.json.new'));
  await expect(control.groups.create({ GroupName: 'slow' })).rejects.toMatchObject({ code: 'ServiceUnavailable' });
  expect(control.groups.list()).toHaveLength(1);
  await rm(join(rig.dataDir, 'control.json.new'), { recursive: true });
  await control.groups.create({ GroupName: 'slow' });
  expect(control.groups.list()).toHaveLength(2);
});

function printed(members: object): string {
  return printControlFile({ ...FIRST_STATE, ...members });
}

async function flipBit(path: string): Promise<void> {
  const bytes = await readFile(path);
  const at = bytes.indexOf('slow');
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(path, bytes);
}
