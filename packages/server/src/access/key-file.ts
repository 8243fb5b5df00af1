import { stat } from 'node:fs/promises';
import { bad, ok, type Result } from '@fluoroscope/model';
import { z } from 'zod';
import { parseChecked, printChecked, readWhole, type CheckedFileProblem } from '../checked-file.ts';
import { accessKey, type AccessKey } from './access-key.ts';
import { KEY_FILE_BYTES_MAX, KEYS_MAX } from './limits.ts';

export const KEY_FILE = 'access-keys.json';

/** A checked file whose content is { "keys": [ *AccessKey ] }. Versions: 1, the first. */
const VERSION = 1;

const content = z.strictObject({ keys: z.array(accessKey).max(KEYS_MAX) });

export type KeyFileProblem = CheckedFileProblem | 'open-to-others';

export function printKeyFile(keys: readonly AccessKey[]): string {
  return printChecked(VERSION, { keys });
}

export function parseKeyFile(text: string): Result<readonly AccessKey[], CheckedFileProblem> {
  const checked = parseChecked(text, VERSION);
  if (!checked.ok) return checked;
  const { data } = content.safeParse(checked.value);
  const isSound = data !== undefined && new Set(data.keys.map(({ id }) => id)).size === data.keys.length;
  return isSound ? ok(data.keys) : bad('damaged');
}

/** Null when no key was ever made. */
export async function readKeyFile(path: string): Promise<Result<readonly AccessKey[] | null, KeyFileProblem>> {
  const text = await readWhole(path, KEY_FILE_BYTES_MAX);
  if (text === null) return ok(null);
  if (process.platform !== 'win32' && ((await stat(path)).mode & 0o077) !== 0) return bad('open-to-others');
  return parseKeyFile(text);
}

/** What is wrong and what to do. */
export function explainKeyFile(path: string, problem: KeyFileProblem): string {
  const advice = {
    damaged: 'is damaged: put a copy of it back, or move it away and make new keys',
    'newer-version': 'was written by a newer version: use that one',
    'open-to-others': 'can be read by others, so its keys may be known: chmod 600 it, and think of making new ones',
  };
  return `${path} ${advice[problem]}`;
}
