import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What distroless's image "cc" is made of, which takes Debian's packages as they are. */
const CC_PACKAGES = [
  'base-files',
  'netbase',
  'tzdata',
  'ca-certificates',
  'libc6',
  'gcc-12-base',
  'libgcc-s1',
  'libgomp1',
  'libssl3',
  'libstdc++6',
];

/** And the user that the tag "nonroot" stands for. */
const USERS = 'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n';

/**
 * Stand-ins for the images that the Dockerfile begins with, made without a registry of images.
 *
 * - node: this machine, with its own Node where the image has it. RUN works.
 * - distroless cc: a root folder of Debian's packages. It has no shell, so RUN cannot work there either.
 */
const BASES = [
  { image: /^node:(\d+)-bookworm-slim$/, make: makeNodeBase, hasShell: true },
  { image: /^gcr\.io\/distroless\/cc-debian(12):nonroot$/, make: makeCcBase, hasShell: false },
];

/** @param {string} image @param {string} root an empty folder @returns {Promise<{ hasShell: boolean }>} */
export async function makeBase(image, root) {
  for (const { image: pattern, make, hasShell } of BASES) {
    const [, version] = pattern.exec(image) ?? [];
    if (version === undefined) continue;
    await make(root, version);
    return { hasShell };
  }
  throw new Error(`there is no stand-in for the image ${image} in interop/image/bases.mjs`);
}

async function makeNodeBase(root, major) {
  const ours = process.versions.node.split('.')[0];
  if (ours !== major) throw new Error(`the image has Node ${major}, this machine ${ours}`);
  const program = join(root, 'usr/local/bin/node');
  await mkdir(dirname(program), { recursive: true });
  await copyFile(process.execPath, program);
}

async function makeCcBase(root, debian) {
  const { stdout } = await run('sh', ['-c', '. /etc/os-release && echo "$ID $VERSION_ID"']);
  if (stdout.trim() !== `debian ${debian}`) throw new Error(`needs Debian ${debian}, this is ${stdout.trim()}`);
  const folder = await mkdtemp(join(tmpdir(), 'fluoroscope-debs-'));
  try {
    await run('apt-get', ['download', '-qq', ...CC_PACKAGES], { cwd: folder });
    for (const file of await readdir(folder)) await run('dpkg', ['-x', join(folder, file), root]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  for (const name of ['proc', 'dev', 'tmp', 'home/nonroot']) await mkdir(join(root, name), { recursive: true });
  await writeFile(join(root, 'etc/passwd'), USERS);
  // Given by whatever runs containers.
  await writeFile(join(root, 'etc/hosts'), '127.0.0.1 localhost\n');
}
