import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cleanEnv, runCommand } from './run-command.mjs';

const INSTALL_MS_MAX = 180_000;
const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url));
const CACHE = fileURLToPath(new URL('../.cache/interop', import.meta.url));
const HOW_TO = 'install Python 3.10 or later with its venv module (Debian: apt install python3 python3-venv)';

/**
 * A Python with everything in requirements.txt, made once and kept in .cache/interop until the list changes.
 * @param {(line: string) => void} print
 * @returns {Promise<{ python: string, aws: string }>} the programs' paths
 */
export async function preparePython(print) {
  const list = await readFile(REQUIREMENTS);
  const folder = join(CACHE, `python-${createHash('sha256').update(list).digest('hex').slice(0, 12)}`);
  const bin = join(folder, process.platform === 'win32' ? 'Scripts' : 'bin');
  const programs = { python: join(bin, 'python'), aws: join(bin, 'aws') };
  const finished = join(folder, 'finished');
  if (existsSync(finished)) return programs;

  print(`preparing ${folder}`);
  // A folder without the mark is an installation that was cut short.
  await rm(CACHE, { recursive: true, force: true });
  await mkdir(CACHE, { recursive: true });
  await step('python3', ['-m', 'venv', folder], HOW_TO);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS];
  await step(programs.python, pip, 'pip needs a package index it can reach');
  await writeFile(finished, '');
  return programs;
}

async function step(command, args, hint) {
  const { code, stderr, stdout } = await tryCommand(command, args, hint);
  if (code !== 0) throw new Error(`${command} ${args.slice(0, 3).join(' ')} failed: ${hint}\n${stdout}${stderr}`);
}

async function tryCommand(command, args, hint) {
  try {
    return await runCommand(command, args, { env: cleanEnv(), msMax: INSTALL_MS_MAX });
  } catch (error) {
    throw new Error(`${command} cannot be run: ${hint}`, { cause: error });
  }
}
