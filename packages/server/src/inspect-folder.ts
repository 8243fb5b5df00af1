import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { JournalError, openJournalReader, type DamagedDetail } from '@fluoroscope/journal';
import { StoreError } from '@fluoroscope/store';
import { checkStore, describeStore, type StoreDescription } from '@fluoroscope/store-duckdb';
import { isSealed } from './encryption/sealed.ts';
import { decodeRecord } from './ingest/record.ts';

/** Something in a data folder that does not hold together. */
export interface FolderProblem {
  /** Below the data folder. */
  readonly file: string;
  readonly problem: string;
}

export interface FolderCheck {
  readonly problems: readonly FolderProblem[];
  /** Of the journal's files; the store may have them too. */
  readonly journalRecordCount: number;
}

/** One read from the journal; bounds the memory of a check. */
const READ_BYTES = 4 * 1024 * 1024;

/**
 * Reads all of a data folder that no server has open: every block, row and sum of the store, every frame of the
 * journal. Changes nothing. Rejects with a StoreError or JournalError when it cannot be looked at.
 */
export async function checkFolder(dataDir: string): Promise<FolderCheck> {
  const stored = await checkStore({ dir: storeDirOf(dataDir) });
  const problems = stored.map(({ file, problem }) => ({ file: join('store', file ?? ''), problem }));
  const dir = journalDirOf(dataDir);
  if (!(await isThere(dir))) return { problems, journalRecordCount: 0 };
  const damaged: DamagedDetail[] = [];
  await using reader = await openJournalReader({
    dir,
    after: 0,
    events: { damaged: (detail) => damaged.push(detail) },
  });
  let journalRecordCount = 0;
  let unreadableCount = 0;
  for (;;) {
    const records = await reader.read(Number.MAX_SAFE_INTEGER, READ_BYTES);
    if (records.length === 0) break;
    journalRecordCount += records.length;
    unreadableCount += records.filter(({ bytes }) => !isSealed(bytes) && !decodeRecord(bytes).ok).length;
  }
  for (const { kind, file, offsetBytes, lengthBytes } of damaged) {
    const problem = `damaged ${kind}, ${lengthBytes} bytes at ${offsetBytes}`;
    problems.push({ file: join('journal', file), problem });
  }
  if (unreadableCount > 0) problems.push({ file: 'journal', problem: `records of no known form (${unreadableCount})` });
  return { problems, journalRecordCount };
}

/** What the store of a data folder holds; no server may have it open. */
export function describeFolder(dataDir: string): Promise<StoreDescription> {
  return describeStore({ dir: storeDirOf(dataDir) });
}

export function storeDirOf(dataDir: string): string {
  return join(dataDir, 'store');
}

export function journalDirOf(dataDir: string): string {
  return join(dataDir, 'journal');
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

/** The folder is in use, is none of ours, or cannot be read: the user's to mend. */
export function isFolderError(error: unknown): error is Error {
  return error instanceof StoreError || error instanceof JournalError;
}
