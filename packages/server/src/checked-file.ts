import { createHash } from 'node:crypto';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { bad, ok, type Result } from '@fluoroscope/model';
import { z } from 'zod';
import { makeFolder } from './data-folder.ts';

/**
 *   file   = header LF content LF
 *   header = { "version": number, "sha256": hex of the content's bytes }
 *   content = JSON on one line
 */
export type CheckedFileProblem = 'damaged' | 'newer-version';

const FILE_MODE = 0o600;

const header = z.object({ version: z.int(), sha256: z.string() });

export function printChecked(version: number, content: unknown): string {
  const body = JSON.stringify(content);
  return `${JSON.stringify({ version, sha256: hashOf(body) })}\n${body}\n`;
}

/** The content is JSON that was written so, and not yet known to be of any shape. */
export function parseChecked(text: string, version: number): Result<unknown, CheckedFileProblem> {
  const [first = '', body = '', ...rest] = text.split('\n');
  const head = header.safeParse(readJson(first)).data;
  if (head === undefined) return bad('damaged');
  if (head.version > version) return bad('newer-version');
  const isWhole = rest.length === 1 && rest[0] === '' && hashOf(body) === head.sha256;
  return isWhole ? ok(readJson(body)) : bad('damaged');
}

/** Null when there is none; a file that is larger than it may be reads as an empty, and so damaged, one. */
export async function readWhole(path: string, bytesMax: number): Promise<string | null> {
  try {
    const { size } = await stat(path);
    return size > bytesMax ? '' : await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** For the owner alone. All of it or, after a crash, the old one; resolves once it is on stable storage. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const folder = dirname(path);
  await makeFolder(folder);
  const file = await open(`${path}.new`, 'w', FILE_MODE);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  await syncFolder(folder);
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
