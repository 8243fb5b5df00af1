import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const FILE = 'page-secret';
const SECRET_BYTES = 32;
const FILE_MODE = 0o600;

/** Kept, so that a page token outlives a restart. Called by the process that holds the data folder. */
export async function loadOrCreatePageSecret(dataDir: string): Promise<Uint8Array> {
  const path = join(dataDir, FILE);
  const kept = await readFile(path).catch(() => null);
  // A file cut short by a crash is as good as none: tokens it signed are asked for again.
  if (kept?.byteLength === SECRET_BYTES) {
    // Copied by hand, or restored from a backup, it may have become readable to others.
    await chmod(path, FILE_MODE);
    return kept;
  }
  const secret = randomBytes(SECRET_BYTES);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const file = await open(path, 'w', FILE_MODE);
  try {
    await file.chmod(FILE_MODE);
    await file.writeFile(secret);
    await file.sync();
  } finally {
    await file.close();
  }
  return secret;
}
