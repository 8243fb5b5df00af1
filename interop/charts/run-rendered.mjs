import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmod, copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cleanEnv, runCommand, startProgram } from '../run-command.mjs';

/** The folders of a pod, below a folder of ours. */
const PLACES = /(?<==|: )\/(etc\/fluoroscope|etc\/amazon\/xray|data|credentials|tls|secrets)(?=\/)/g;

/** A pod's text with addresses of loopback, any port, and its files below `folder`. */
function atHome(text, folder) {
  return text.replaceAll(/\b0\.0\.0\.0:\d+/g, '127.0.0.1:0').replaceAll(PLACES, `${folder}/$1`);
}

/** Starts what a rendered container runs, with its own files and arguments; resolves once it has begun, and stops it. */
export async function runContainer({ program, container, files, folder, ready, ask }) {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), atHome(text, folder));
  }
  await mkdir(join(folder, 'data'), { recursive: true });
  const args = container.args.map((word) => atHome(word, folder));
  const running = await startProgram(process.execPath, [program, ...args], { ready, cwd: folder, env: cleanEnv() });
  try {
    await ask?.(running.printed());
  } finally {
    await running.stop();
  }
}

/** Runs the server's init container on Secrets as Kubernetes mounts them: readable by others. */
export async function runPrepare({ container, folder }) {
  const [script, ...paths] = container.args;
  // Paths in the volumes are the container's own; what follows them is a name.
  const args = paths.map((path) => (path.startsWith('/') ? join(folder, path) : path));
  const { code, stderr } = await runCommand(process.execPath, ['-e', script, ...args]);
  assert.equal(code, 0, stderr);
}

/** The Secrets of the values file "everything". */
export async function writeSecrets({ program, folder }) {
  const made = join(folder, 'made');
  const { code, stderr } = await runCommand(process.execPath, [program, 'keys', 'create', '--data-dir', made]);
  assert.equal(code, 0, stderr);
  for (const name of ['access', 'encryption']) await mkdir(join(folder, 'secrets', name), { recursive: true });
  await mkdir(join(folder, 'tls'));
  await copyFile(join(made, 'access-keys.json'), join(folder, 'secrets/access/access-keys.json'));
  const key = `first ${randomBytes(32).toString('base64')}\n`;
  await writeFile(join(folder, 'secrets/encryption/encryption.keys'), key);
  for (const name of await readdir(join(folder, 'secrets'), { recursive: true })) {
    if (/\.(json|keys)$/.test(name)) await chmod(join(folder, 'secrets', name), 0o644);
  }
  const subject = ['-subj', '/CN=fluoroscope', '-days', '2', '-nodes', '-newkey', 'rsa:2048'];
  const to = ['-keyout', join(folder, 'tls/tls.key'), '-out', join(folder, 'tls/tls.crt')];
  const made2 = await runCommand('openssl', ['req', '-x509', ...subject, ...to]);
  assert.equal(made2.code, 0, made2.stderr);
}
