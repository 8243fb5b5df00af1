import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';

/** Files that are read here are small; a larger one is not what it should be. */
const FILE_BYTES_MAX = 1024 * 1024;

/** @throws Error when there is no such file or it is no JSON */
export function readJsonFile(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** Up to 1 MiB of a file. */
export async function readTextFile(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(FILE_BYTES_MAX), 0, FILE_BYTES_MAX, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
