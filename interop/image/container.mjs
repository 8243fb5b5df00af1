import assert from 'node:assert/strict';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand, startProgram } from '../run-command.mjs';

const CLIENT = fileURLToPath(new URL('client.mjs', import.meta.url));

/** What a container runtime does: own mounts, a root that cannot be written, a volume, an own network, a user; then the program. */
const RUN = `
set -e
root="$1"; data="$2"; workdir="$3"; user="$4"; shift 4
ip link set lo up
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root" "$root"
mount --bind "$data" "$root/data"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
echo "container $$"
exec chroot --userspec="$user" "$root" /usr/local/bin/node -e '
process.chdir(process.argv[1]);
const [, , file, ...args] = process.argv;
process.argv = [process.execPath, file, ...args];
require(file);
' "$workdir" "$@"
`;

/**
 * Starts a stage as a container would be. Its ports are those of a network of its own.
 * @param {import('./build.mjs').Stage} stage
 * @param {{ args?: string[], env?: Record<string, string>, ready: RegExp, prepare?: (data: string) => Promise<void> }} options
 */
export async function startContainer(stage, { args = stage.cmd, env = {}, ready, prepare }) {
  const data = await mkdtemp(join(tmpdir(), 'fluoroscope-volume-'));
  const [uid, gid] = stage.user.split(':').map(Number);
  try {
    await chown(data, uid, gid);
    await prepare?.(data);
    const words = [stage.root, data, stage.workdir, stage.user, ...stage.entrypoint, ...args];
    const all = { PATH: process.env.PATH, ...stage.env, ...env };
    const running = await startProgram('unshare', ['--mount', '--net', 'sh', '-c', RUN, 'run', ...words], {
      ready,
      env: all,
    });
    const pid = /^container (\d+)$/m.exec(running.printed())?.[1];
    return {
      data,
      printed: running.printed,
      request: (method, path, options) => askInside(pid, ['http', method, path, JSON.stringify(options ?? {})]),
      sendDatagram: (text) => askInside(pid, ['udp', text]),
      /** As `kubectl exec`. */
      exec: (...command) => execInside({ pid, uid, gid, env: all, command }),
      async stop() {
        await running.stop();
        await rm(data, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(data, { recursive: true, force: true });
    throw error;
  }
}

async function askInside(pid, words) {
  const args = [`--net=/proc/${pid}/ns/net`, process.execPath, CLIENT, ...words];
  const { code, stdout, stderr } = await runCommand('nsenter', args);
  assert.equal(code, 0, `${words.join(' ')} ended with ${code}\n${stdout}${stderr}`);
  return JSON.parse(stdout);
}

async function execInside({ pid, uid, gid, env, command }) {
  const into = ['--target', pid, '--mount', '--net', '--root', '--setuid', String(uid), '--setgid', String(gid)];
  const { code, stdout, stderr } = await runCommand('nsenter', [...into, '--', ...command], { env });
  assert.equal(code, 0, `${command.slice(0, 2).join(' ')} ended with ${code}\n${stdout}${stderr}`);
  return stdout;
}
