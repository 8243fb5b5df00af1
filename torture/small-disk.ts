import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, removeFolder } from './server.ts';

/** A disk that can be filled to its last byte, and emptied again, while a server writes to it. */
export interface SmallDisk {
  readonly kind: string;
  readonly dataDir: string;
  /** In front of a server's command, so that it sees the disk. */
  readonly prefix: readonly string[];
  readonly fill: (serverPid: number) => void;
  readonly empty: (serverPid: number) => void;
  readonly close: () => Promise<void>;
}

/**
 * A tmpfs in a namespace of its own, which needs no rights where user namespaces are allowed. Elsewhere a limit on the
 * size of the server's files stands in: then every write of any file fails (EFBIG), also where ENOSPC would
 * have let small ones pass.
 */
export async function openSmallDisk(sizeMb: number): Promise<SmallDisk> {
  return (await openTmpfs(sizeMb)) ?? openLimited();
}

async function openTmpfs(sizeMb: number): Promise<SmallDisk | null> {
  const folder = makeFolder();
  const script = `mount -t tmpfs -o size=${sizeMb}m,mode=700 none "$0" && echo mounted && exec sleep 100000`;
  const holder = spawn('unshare', ['-r', '-m', 'sh', '-c', script, folder], { stdio: ['ignore', 'pipe', 'ignore'] });
  const mounted = await new Promise<boolean>((resolve) => {
    holder.stdout.once('data', () => resolve(true));
    holder.once('exit', () => resolve(false));
    // There is no such command.
    holder.once('error', () => resolve(false));
  });
  const pid = String(holder.pid);
  const enter = ['nsenter', '-t', pid, '-U', '-m', '--preserve-credentials', '--'];
  const close = async (): Promise<void> => {
    if (holder.exitCode === null && holder.pid !== undefined) {
      holder.kill('SIGKILL');
      await once(holder, 'exit');
    }
    removeFolder(folder);
  };
  if (!mounted || spawnSync(enter[0] ?? '', [...enter.slice(1), 'true']).status !== 0) {
    await close();
    return null;
  }
  const ballast = join('/proc', pid, 'root', folder, 'ballast');
  return {
    kind: `tmpfs of ${sizeMb} MB`,
    dataDir: join(folder, 'data'),
    prefix: enter,
    fill: () => writeUntilFull(ballast),
    empty: () => rmSync(ballast, { force: true }),
    close,
  };
}

function writeUntilFull(path: string): void {
  const file = openSync(path, 'a');
  try {
    for (let size = 1024 * 1024; size >= 1;) {
      try {
        if (writeSync(file, Buffer.alloc(size)) < size) size = Math.floor(size / 2);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
        size = Math.floor(size / 2);
      }
    }
  } finally {
    closeSync(file);
  }
}

function openLimited(): SmallDisk {
  const dataDir = makeFolder();
  const limit = (pid: number, bytes: string): void => {
    const { status, stderr, error } = spawnSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`]);
    if (status !== 0) throw new Error(`no small disk can be made here: ${error?.message ?? stderr.toString()}`);
  };
  return {
    kind: 'a limit on file sizes (no tmpfs could be mounted)',
    dataDir,
    prefix: [],
    fill: (pid) => limit(pid, '1'),
    empty: (pid) => limit(pid, 'unlimited'),
    close: () => Promise.resolve(removeFolder(dataDir)),
  };
}
