import { createHash } from 'node:crypto';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { bad, ok, type Result } from '@fluoroscope/model';
import { z } from 'zod';
import { makeFolder } from '../data-folder.ts';
import { StartError } from '../start-error.ts';
import { FIRST_STATE, readControlState, type ControlState } from './control-state.ts';
import { CONTROL_FILE_BYTES_MAX } from './limits.ts';

/**
 *   file   = header LF state LF
 *   header = { "version": 1, "sha256": hex of the state's bytes }
 *   state  = JSON of a ControlState
 *
 * Versions: 1, the first.
 */
const VERSION = 1;
const FILE_MODE = 0o600;

const header = z.object({ version: z.int(), sha256: z.string() });

export type ControlFileProblem = 'damaged' | 'newer-version';

export function printControlFile(state: ControlState): string {
  const body = JSON.stringify(state);
  return `${JSON.stringify({ version: VERSION, sha256: hashOf(body) })}\n${body}\n`;
}

export function parseControlFile(text: string): Result<ControlState, ControlFileProblem> {
  const [first = '', body = '', ...rest] = text.split('\n');
  const head = header.safeParse(readJson(first)).data;
  if (head === undefined) return bad('damaged');
  if (head.version > VERSION) return bad('newer-version');
  const isWhole = rest.length === 1 && rest[0] === '' && hashOf(body) === head.sha256;
  const state = isWhole ? readControlState(readJson(body)) : null;
  return state === null ? bad('damaged') : ok(state);
}

/** The first state when there is no file. Throws StartError for one that cannot be understood: nothing is thrown away. */
export async function loadControlFile(path: string): Promise<ControlState> {
  const text = await readWhole(path);
  if (text === null) return FIRST_STATE;
  const state = parseControlFile(text);
  if (state.ok) return state.value;
  throw new StartError(
    state.problem === 'newer-version'
      ? `--data-dir: ${path} was written by a newer version: start that one, or choose another folder`
      : `--data-dir: ${path} is damaged: put a copy of it back, or move it away to begin without the groups, sampling rules, tags and policies in it`,
  );
}

/** All of it or, after a crash, the old one; resolves once it is on stable storage. */
export async function saveControlFile(path: string, state: ControlState): Promise<void> {
  const folder = dirname(path);
  await makeFolder(folder);
  const file = await open(`${path}.new`, 'w', FILE_MODE);
  try {
    await file.writeFile(printControlFile(state));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  await syncFolder(folder);
}

async function readWhole(path: string): Promise<string | null> {
  try {
    const { size } = await stat(path);
    return size > CONTROL_FILE_BYTES_MAX ? '' : await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

async function syncFolder(folder: string): Promise<void> {
  // A folder cannot be opened there, and a rename is durable without.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function hashOf(body: string): string {
  return createHash('sha256').update(body).digest('hex');
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
