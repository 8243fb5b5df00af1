import { stat } from 'node:fs/promises';
import { openJournalReader } from '@fluoroscope/journal';
import { StartError } from '../start-error.ts';
import { isSameKey, printKeyName, type KeyName } from './key-ring.ts';
import { decodeHeader, isSealed } from './sealed.ts';

/** One read from the journal; bounds the memory of the check. */
const READ_BYTES = 4 * 1024 * 1024;

export interface JournalKeysOptions {
  readonly dir: string;
  /** What the store has for good. */
  readonly after: number;
  readonly missing: readonly KeyName[];
}

/**
 * Throws StartError when a record that is not stored yet needs one of the keys that are missing. Without any missing, the
 * journal is not looked at.
 */
export async function checkJournalKeys({ dir, after, missing }: JournalKeysOptions): Promise<void> {
  if (missing.length === 0 || !(await isThere(dir))) return;
  // Damage is reported by whoever opens the journal to write.
  await using reader = await openJournalReader({ dir, after, events: { damaged: () => {} } });
  for (;;) {
    const records = await reader.read(Number.MAX_SAFE_INTEGER, READ_BYTES);
    if (records.length === 0) return;
    for (const { bytes } of records) {
      const key = keyOf(bytes);
      if (key === undefined || !missing.some((one) => isSameKey(one, key))) continue;
      throw new StartError(
        `--encryption-keys: the journal has documents that are not stored yet, encrypted with the key ${printKeyName(key)}, which is not among the keys: put it back`,
      );
    }
  }
}

function keyOf(bytes: Uint8Array): KeyName | undefined {
  if (!isSealed(bytes)) return undefined;
  const header = decodeHeader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  return header.ok ? header.value : undefined;
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
