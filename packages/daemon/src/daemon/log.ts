import { closeSync, existsSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { LOG_FILE_BYTES_MAX } from './limits.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

const RANKS: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** By AWS's names. */
export const LOG_LEVELS: ReadonlyMap<string, LogLevel> = new Map([
  ['dev', 'debug'],
  ['debug', 'debug'],
  ['info', 'info'],
  ['warn', 'warn'],
  ['error', 'error'],
  ['prod', 'info'],
]);

export interface Log extends Disposable {
  readonly write: (level: LogLevel, text: string) => void;
}

/** Lines such as `2026-11-21T13:04:12Z [Info] text`, in AWS's form. `write` gets whole lines. */
export function createLog(options: {
  readonly level: LogLevel;
  readonly write: (line: string) => void;
  readonly close?: () => void;
  readonly nowMs?: () => number;
}): Log {
  const { level, write, close = () => {}, nowMs = Date.now } = options;
  return {
    write(of, text) {
      if (RANKS[of] < RANKS[level]) return;
      const time = new Date(nowMs()).toISOString().replace(/\.\d+/, '');
      // One event, one line: what clients send stands in some of them.
      // oxlint-disable-next-line no-control-regex -- these are what must not reach a terminal
      const plain = text.replaceAll(/[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, ' ');
      write(`${time} [${of.charAt(0).toUpperCase()}${of.slice(1)}] ${plain}\n`);
    },
    [Symbol.dispose]: close,
  };
}

/** Appends to the file, in a folder that is made when missing. With `rotates`, a full one becomes `path.1` and its predecessor goes. Throws when it cannot be opened. */
export function openLogFile(
  path: string,
  rotates: boolean,
  bytesMax: number = LOG_FILE_BYTES_MAX,
): { readonly write: (line: string) => void; readonly close: () => void } {
  makeFolder(dirname(path));
  let file = openSync(path, 'a', 0o640);
  let sizeBytes = fstatSync(file).size;
  function rotate(): void {
    closeSync(file);
    if (existsSync(path)) renameSync(path, `${path}.1`);
    file = openSync(path, 'a', 0o640);
    sizeBytes = 0;
  }
  return {
    write(line) {
      try {
        if (rotates && sizeBytes >= bytesMax) rotate();
        sizeBytes += writeSync(file, line);
      } catch {
        // A full disk must not end the daemon; there is nowhere to tell.
      }
    },
    close: () => closeSync(file),
  };
}

/** Not by `recursive: true`, which tries for ever where a folder is refused as if its parent were missing (/proc). */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder, { mode: 0o750 });
}
