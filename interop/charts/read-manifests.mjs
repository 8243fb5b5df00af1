import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../run-command.mjs';

const SCRIPT = fileURLToPath(new URL('read_manifests.py', import.meta.url));
const READ_MS_MAX = 180_000;

/**
 * @param {string} python its path
 * @param {readonly string[]} versions of Kubernetes, against whose schemas to check
 * @param {readonly string[]} files
 * @returns {Promise<Record<string, { document: object, faults: string[] }[]>>} by file
 */
export async function readManifests(python, versions, files) {
  const { code, stdout, stderr } = await runCommand(python, [SCRIPT, versions.join(','), ...files], {
    msMax: READ_MS_MAX,
  });
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}
