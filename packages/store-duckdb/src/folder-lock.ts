import { fstatSync, readdirSync, statSync, type BigIntStats } from 'node:fs';
import { StoreError } from '@fluoroscope/store';

/** The folders that this thread has opened: as many as there are open stores. */
const held = new Set<string>();

/**
 * The engine's lock on `file` keeps other processes out, and ends with the process, however that ends. It does not keep
 * out this process, where a second engine would destroy the store; and closing any descriptor of the file would drop it.
 * So a folder is refused when some thread of this process has the file open.
 */
export function holdFolder(dir: string, file: string): Disposable {
  if (held.has(dir) || isOpenHere(file)) {
    throw new StoreError('locked', `${dir} is in use by process ${process.pid}, this one`);
  }
  held.add(dir);
  return {
    [Symbol.dispose]() {
      held.delete(dir);
    },
  };
}

/** Descriptors belong to the whole process. On Windows there is no list of them, and the system refuses a second opening itself. */
function isOpenHere(file: string): boolean {
  const wanted = statOrNull(() => statSync(file, { bigint: true }));
  if (wanted === null) return false;
  return descriptors().some((descriptor) => {
    const found = statOrNull(() => fstatSync(descriptor, { bigint: true }));
    return found !== null && found.ino === wanted.ino && found.dev === wanted.dev;
  });
}

function descriptors(): readonly number[] {
  try {
    return readdirSync('/dev/fd').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function statOrNull(read: () => BigIntStats): BigIntStats | null {
  try {
    return read();
  } catch {
    return null;
  }
}
