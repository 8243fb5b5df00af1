import { randomInt } from 'node:crypto';
import { close, fdatasync, fstat, fsync, ftruncate, mkdir, open, readdir, read, unlink, write } from 'node:fs';
import { dirname } from 'node:path';

/**
 * All that the journal asks of a disk: no other module of this package does I/O, so a test can make any single
 * operation fail. Every operation rejects with the system's error (`code` as in errno).
 */
export interface Files {
  /** Makes the folder and its parents when they are missing; resolves once they survive a power cut. */
  makeFolder(dir: string): Promise<void>;

  /** Names in the folder, in no particular order. */
  list(dir: string): Promise<readonly string[]>;

  /** `create` rejects when the name is taken. A new name survives a power cut after `syncFolder` only. */
  open(path: string, mode: OpenMode): Promise<OpenFile>;

  unlink(path: string): Promise<void>;

  /** Resolves once names made and removed in the folder survive a power cut. */
  syncFolder(dir: string): Promise<void>;

  /** 1 … 2³²−1, not to be guessed from outside: marks the frames of one file. */
  salt(): number;
}

export type OpenMode = 'read' | 'write' | 'create';

export interface OpenFile {
  sizeBytes(): Promise<number>;

  /** Fills part of `target`; resolves with how many bytes came, 0 at the end of the file. */
  read(target: Uint8Array, at: number, lengthBytes: number, position: number): Promise<number>;

  /** Resolves with how many bytes were taken, which may be fewer than given. The bytes are lent until then. */
  write(bytes: Uint8Array, position: number): Promise<number>;

  truncate(sizeBytes: number): Promise<void>;

  /** Resolves once data and size survive a power cut. After a rejection it is unknown what does. */
  sync(): Promise<void>;

  close(): Promise<void>;
}

const OPEN_FLAGS: Record<OpenMode, string> = { read: 'r', write: 'r+', create: 'wx' };

/** What is journalled is nobody else's to read. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** The disk, through Node's thread pool. */
export const diskFiles: Files = {
  async makeFolder(dir) {
    await settled((done) => mkdir(dir, { recursive: true, mode: FOLDER_MODE }, done));
    // Also what was there: whoever made it may have been killed before it was synced.
    for (let folder = dir; folder !== dirname(folder); folder = dirname(folder)) {
      await diskFiles.syncFolder(dirname(folder)).catch(passOverForeign);
    }
  },
  list: (dir) => settled<string[]>((done) => readdir(dir, done)),
  async open(path, mode) {
    return openDiskFile(await settled<number>((done) => open(path, OPEN_FLAGS[mode], FILE_MODE, done)));
  },
  unlink: (path) => settled<void>((done) => unlink(path, done)),
  async syncFolder(dir) {
    // Windows has no handle to sync a folder by.
    if (process.platform === 'win32') return;
    const fd = await settled<number>((done) => open(dir, 'r', done));
    try {
      await settled<void>((done) => fsync(fd, done));
    } finally {
      await settled<void>((done) => close(fd, done));
    }
  },
  salt: () => randomInt(1, 2 ** 32),
};

function openDiskFile(fd: number): OpenFile {
  return {
    sizeBytes: async () => (await settled<{ size: number }>((done) => fstat(fd, done))).size,
    read: (target, at, lengthBytes, position) =>
      settled<number>((done) => read(fd, target, at, lengthBytes, position, done)),
    write: (bytes, position) => settled<number>((done) => write(fd, bytes, 0, bytes.byteLength, position, done)),
    truncate: (sizeBytes) => settled<void>((done) => ftruncate(fd, sizeBytes, done)),
    sync: () => settled<void>((done) => fdatasync(fd, done)),
    close: () => settled<void>((done) => close(fd, done)),
  };
}

// Callbacks with descriptors: a file handle object costs more per call, and this runs for every group.
function settled<T>(start: (done: (error: Error | null, value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, value) => {
      if (error === null || error === undefined) resolve(value);
      else reject(error);
    });
  });
}

/** A folder that we may not read was not made by us. */
function passOverForeign(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM'))) throw error;
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
