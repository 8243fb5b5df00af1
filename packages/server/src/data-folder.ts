import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** For the owner alone: traces hold what users did. */
const FOLDER_MODE = 0o700;

/**
 * The folder and what is missing above it. Not by `recursive: true`, which tries for ever where a folder is refused
 * as if its parent were missing (/proc).
 */
export async function makeFolder(path: string): Promise<void> {
  const folder = resolve(path);
  if (await isFolder(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) await makeFolder(parent);
  await mkdir(folder, { mode: FOLDER_MODE });
}

/** Throws when it is something else, or cannot be looked at. */
async function isFolder(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isDirectory()) return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
  throw new NotAFolderError(path);
}

class NotAFolderError extends Error {
  override readonly name = 'NotAFolderError';
  readonly code = 'ENOTDIR';

  constructor(path: string) {
    super(`${path} is not a folder`);
  }
}
