// Before the server: Kubernetes gives files of Secrets to root and a group, and may open those of a volume to its
// group. The server takes credentials only from files that are its owner's alone.
const { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync } = require('node:fs');
const path = require('node:path');

const [secrets, credentials, dataDir, accessKeys] = process.argv.slice(1);

function copyPrivate(from, to) {
  mkdirSync(path.join(to, '..'), { recursive: true, mode: 0o700 });
  copyFileSync(from, to);
  chmodSync(to, 0o600);
}

for (const folder of existsSync(secrets) ? readdirSync(secrets) : []) {
  if (folder === 'access') continue;
  // Names with dots in front are the volume's own links.
  for (const name of readdirSync(path.join(secrets, folder)).filter((entry) => !entry.startsWith('.'))) {
    copyPrivate(path.join(secrets, folder, name), path.join(credentials, folder, name));
  }
}

const kept = path.join(dataDir, 'access-keys.json');
if (accessKeys !== undefined) copyPrivate(path.join(secrets, 'access', accessKeys), kept);
else if (existsSync(kept)) chmodSync(kept, 0o600);
