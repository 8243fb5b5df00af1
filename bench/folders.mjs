import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killAll } from './children.mjs';

let temporary = null;

/** For what a run needs and nobody after it. */
export function temporaryFolder() {
  if (temporary === null) {
    temporary = mkdtempSync(join(tmpdir(), 'fluoroscope-bench-'));
    const folder = temporary;
    process.once('exit', () => {
      killAll();
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    });
  }
  return temporary;
}

/** A new one in it. */
export function temporaryFolderFor(what) {
  return mkdtempSync(join(temporaryFolder(), `${what}-`));
}
