import { stat } from 'node:fs/promises';
import type { Events } from '../events.ts';
import { StartError } from '../start-error.ts';
import type { AccessKey } from './access-key.ts';
import { explainKeyFile, readKeyFile } from './key-file.ts';
import { KEY_FILE_INTERVAL_MS } from './limits.ts';

/** The access keys that exist, as the file has them now. */
export interface KeyRing extends Disposable {
  /** Since the first key was made. Revoking the last one opens nothing. */
  readonly isMade: boolean;
  readonly find: (id: string) => AccessKey | undefined;
  /** Looks at the file now. */
  readonly refresh: () => Promise<void>;
}

export interface KeyRingOptions {
  readonly path: string;
  readonly events: Pick<Events, 'troubleMet' | 'stateChanged'>;
  readonly intervalMs?: number;
}

/**
 * Follows the file, which `fluoroscope keys` replaces. A file that becomes unreadable or goes away while the server
 * runs changes nothing but is told: keys that were good stay good, and nothing opens. Throws StartError for one that
 * cannot be read at the start.
 */
export async function openKeyRing(options: KeyRingOptions): Promise<KeyRing> {
  const { path, events, intervalMs = KEY_FILE_INTERVAL_MS } = options;
  let keys: ReadonlyMap<string, AccessKey> | null = null;
  let seen = await stampOf(path);

  const first = await readKeyFile(path);
  if (!first.ok) throw new StartError(`--data-dir: ${explainKeyFile(path, first.problem)}`);
  if (first.value !== null) keys = byId(first.value);

  async function refresh(): Promise<void> {
    const stamp = await stampOf(path);
    if (stamp === seen) return;
    seen = stamp;
    const read = await readKeyFile(path);
    if (!read.ok) {
      events.troubleMet('access keys stay as they were', new Error(explainKeyFile(path, read.problem)));
    } else if (read.value !== null) {
      keys = byId(read.value);
      events.stateChanged(`access keys were read anew: ${keys.size}`);
    } else if (keys !== null) {
      events.troubleMet('access keys stay as they were', new Error(`${path} has gone`));
    }
  }

  const timer = setInterval(() => {
    refresh().catch((error: unknown) => events.troubleMet('access keys stay as they were', error));
  }, intervalMs);
  timer.unref();

  return {
    get isMade() {
      return keys !== null;
    },
    find: (id) => keys?.get(id),
    refresh,
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

function byId(keys: readonly AccessKey[]): ReadonlyMap<string, AccessKey> {
  return new Map(keys.map((key) => [key.id, key]));
}

/** Changes whenever the file is replaced. */
async function stampOf(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => null);
  return found === null ? 'none' : `${found.mtimeNs} ${found.ino} ${found.size} ${found.mode}`;
}
