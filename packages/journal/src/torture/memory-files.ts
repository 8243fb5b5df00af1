import { basename, dirname } from 'node:path';
import type { Files, OpenFile, OpenMode } from '../files.ts';

/**
 * A disk in memory for tests. It can fail any operation, and it knows what a power cut leaves: data synced through
 * its file, names synced through their folder. Of everything else each piece may be there, be gone, be garbage or be
 * what a deleted file had on the same blocks, as the random source decides. After a failed sync the bytes stay readable but are never written out, which
 * is how Linux does it.
 */
export interface MemoryFiles extends Files {
  /** How many operations were asked for. */
  readonly operationCount: number;

  /** The disk as the next start finds it, under the same options. */
  cutPower(): MemoryFiles;

  /** A copy, all of it synced. */
  clone(): MemoryFiles;

  /** Bytes as a reader sees them; to be changed in place by tests that damage them. */
  contentOf(path: string): Buffer;
}

export type Operation =
  | 'makeFolder'
  | 'list'
  | 'open'
  | 'unlink'
  | 'syncFolder'
  | 'size'
  | 'read'
  | 'write'
  | 'truncate'
  | 'sync'
  | 'close';

/** `short`: fewer bytes are read or written than asked for; means nothing to other operations. */
export type Fault = 'EIO' | 'ENOSPC' | 'short';

export interface MemoryFilesOptions {
  /** 0 ≤ random < 1. */
  readonly random: () => number;
  /** Asked before each operation, with its number from 1 on. */
  readonly faultOf?: (operation: Operation, number: number) => Fault | null;
  /** A disk that says it has synced, and has not: shows that the runs would notice. */
  readonly liesAbout?: 'sync' | 'syncFolder';
}

/** Unsynced writes are kept or lost in pieces of this size: small, so that small tests see torn frames. */
const PIECE_BYTES = 64;

interface Inode {
  content: Buffer;
  /** What a power cut leaves for sure. */
  stable: Buffer;
  /** Parts of `content` that are not in `stable` and may get there on their own. */
  dirty: { from: number; to: number }[];
}

type Names = Map<string, Inode>;

interface Folder {
  readonly names: Names;
  stable: Names;
  /** What deleted files held: their blocks are given to new ones. */
  readonly deleted: Buffer[];
}

/** Makes bytes for a place that was never written out. */
type Filler = (lengthBytes: number) => Uint8Array;

export function createMemoryFiles(options: MemoryFilesOptions): MemoryFiles {
  return createFrom(options, new Map());
}

function createFrom(options: MemoryFilesOptions, folders: Map<string, Folder>): MemoryFiles {
  const { random } = options;
  let operationCount = 0;

  async function act<T>(operation: Operation, work: (fault: Fault | null) => T): Promise<T> {
    operationCount++;
    const asked = options.faultOf?.(operation, operationCount) ?? null;
    const fault = asked === 'short' && operation !== 'read' && operation !== 'write' ? null : asked;
    // As on a real disk, the caller goes on later, and an operation that fails may have been done.
    await Promise.resolve();
    if (fault === null || fault === 'short') return work(fault);
    if (operation === 'write' || operation === 'sync' || random() < 0.5) work(fault);
    throw systemError(fault, operation);
  }

  function folderOf(dir: string): Folder {
    const folder = folders.get(dir);
    if (folder === undefined) throw systemError('ENOENT', dir);
    return folder;
  }

  function inodeAt(path: string): Inode {
    const inode = folderOf(dirname(path)).names.get(basename(path));
    if (inode === undefined) throw systemError('ENOENT', path);
    return inode;
  }

  return {
    get operationCount() {
      return operationCount;
    },
    makeFolder: (dir) =>
      act('makeFolder', () => {
        if (!folders.has(dir)) folders.set(dir, { names: new Map(), stable: new Map(), deleted: [] });
      }),
    list: (dir) => act('list', () => [...folderOf(dir).names.keys()]),
    open: async (path: string, mode: OpenMode) => {
      const inode = await act('open', () => {
        if (mode !== 'create') return inodeAt(path);
        const { names } = folderOf(dirname(path));
        if (names.has(basename(path))) throw systemError('EEXIST', path);
        const made: Inode = { content: Buffer.alloc(0), stable: Buffer.alloc(0), dirty: [] };
        names.set(basename(path), made);
        return made;
      });
      return openInode(inode, options, act);
    },
    unlink: (path) =>
      act('unlink', () => {
        const { names, deleted } = folderOf(dirname(path));
        deleted.push(inodeAt(path).content);
        names.delete(basename(path));
      }),
    syncFolder: (dir) =>
      act('syncFolder', (fault) => {
        const folder = folderOf(dir);
        if (fault === null && options.liesAbout !== 'syncFolder') folder.stable = new Map(folder.names);
      }),
    salt: () => 1 + Math.floor(random() * (2 ** 32 - 1)),
    cutPower: () =>
      createFrom(
        options,
        mapFolders(folders, (folder) => namesAfterPowerCut(folder, random)),
      ),
    clone: () =>
      createFrom(
        options,
        mapFolders(folders, (folder) => mapNames(folder.names, (node) => node.content)),
      ),
    contentOf: (path) => inodeAt(path).content,
  };
}

type Act = <T>(operation: Operation, work: (fault: Fault | null) => T) => Promise<T>;

function openInode(inode: Inode, { random, liesAbout }: MemoryFilesOptions, act: Act): OpenFile {
  return {
    sizeBytes: () => act('size', () => inode.content.length),
    read: (target, at, lengthBytes, position) =>
      act('read', (fault) => {
        const length = fault === 'short' ? partOf(lengthBytes, random) : lengthBytes;
        const part = inode.content.subarray(position, position + length);
        target.set(part, at);
        return part.length;
      }),
    write: (bytes, position) =>
      act('write', (fault) => {
        const length = fault === null ? bytes.byteLength : partOf(bytes.byteLength, random);
        const to = position + length;
        const content = Buffer.alloc(Math.max(inode.content.length, to));
        content.set(inode.content);
        content.set(bytes.subarray(0, length), position);
        inode.content = content;
        inode.dirty.push({ from: position, to });
        return length;
      }),
    truncate: (sizeBytes) =>
      act('truncate', () => {
        inode.content = Buffer.from(inode.content.subarray(0, sizeBytes));
      }),
    sync: () =>
      act('sync', (fault) => {
        if (liesAbout === 'sync') return;
        if (fault === null) {
          const written = Buffer.from(inode.content);
          // Bytes that a failed sync gave up are not dirty any more, so they are not written now either.
          inode.stable = overlay(inode, written, () => true);
        } else if (fault === 'EIO' || fault === 'ENOSPC') {
          inode.stable = overlay(inode, inode.content, () => random() < 0.5);
        }
        inode.dirty = [];
      }),
    close: () => act('close', () => undefined),
  };
}

function partOf(lengthBytes: number, random: () => number): number {
  return Math.max(1, Math.floor(lengthBytes * random()));
}

/** The stable bytes with those dirty pieces of `content` over them that `isKept` picks. */
function overlay(inode: Inode, content: Buffer, isKept: () => boolean, filler?: Filler): Buffer {
  const result = Buffer.alloc(content.length);
  result.set(inode.stable.subarray(0, content.length));
  for (const { from, to } of inode.dirty) {
    for (let at = from; at < Math.min(to, content.length);) {
      const end = Math.min(to, content.length, at - (at % PIECE_BYTES) + PIECE_BYTES);
      if (isKept()) result.set(content.subarray(at, end), at);
      else if (filler !== undefined) result.set(filler(end - at), at);
      at = end;
    }
  }
  return result;
}

function contentAfterPowerCut(inode: Inode, deleted: readonly Buffer[], random: () => number): Buffer {
  if (inode.dirty.length === 0 && inode.content.length >= inode.stable.length) return Buffer.from(inode.stable);
  // A truncation that was not synced may not have happened.
  const base = inode.content.length < inode.stable.length && random() < 0.5 ? inode.stable : inode.content;
  const share = random();
  const kept = overlay(inode, base, () => random() < share, pickFiller(deleted, random));
  // The new size may not have reached the disk, or only some of it.
  const synced = Math.min(inode.stable.length, kept.length);
  return kept.subarray(0, random() < 0.5 ? kept.length : synced + Math.floor((kept.length - synced) * random()));
}

/** Undefined: what was not written out reads as it did before, or as zeros. */
function pickFiller(deleted: readonly Buffer[], random: () => number): Filler | undefined {
  const kind = random();
  if (kind < 0.2) return (lengthBytes) => Buffer.alloc(lengthBytes, Math.floor(random() * 256));
  const old = deleted[Math.floor(random() * deleted.length)];
  if (kind >= 0.4 || old === undefined) return undefined;
  let at = Math.floor((random() * old.length) / PIECE_BYTES) * PIECE_BYTES;
  return (lengthBytes) => old.subarray(at, (at += lengthBytes));
}

function namesAfterPowerCut({ names, stable, deleted }: Folder, random: () => number): Names {
  const left: Names = new Map();
  for (const name of new Set([...names.keys(), ...stable.keys()])) {
    const isNew = random() < 0.5;
    const inode = isNew ? names.get(name) : stable.get(name);
    if (inode !== undefined) left.set(name, settledInode(contentAfterPowerCut(inode, deleted, random)));
  }
  return left;
}

function mapFolders(folders: Map<string, Folder>, namesOf: (folder: Folder) => Names): Map<string, Folder> {
  return new Map(
    [...folders].map(([dir, folder]) => {
      const names = namesOf(folder);
      return [dir, { names, stable: new Map(names), deleted: [...folder.deleted] }];
    }),
  );
}

function mapNames(names: Names, contentOf: (inode: Inode) => Buffer): Names {
  return new Map([...names].map(([name, inode]) => [name, settledInode(contentOf(inode))]));
}

function settledInode(content: Buffer): Inode {
  const copy = Buffer.from(content);
  return { content: copy, stable: Buffer.from(copy), dirty: [] };
}

function systemError(code: string, what: string): Error {
  return Object.assign(new Error(`${code}: ${what}`), { code });
}
