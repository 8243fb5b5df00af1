import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cleanEnv, runCommand } from '../run-command.mjs';

const INSTALL_MS_MAX = 300_000;
const POM = fileURLToPath(new URL('pom.xml', import.meta.url));
const CACHE = fileURLToPath(new URL('../../.cache', import.meta.url));
const HOW_TO = 'install Java 17 or later and Maven (Debian: apt install default-jre-headless maven)';

/**
 * Apache Kafka as Maven has it, fetched once and kept in .cache until pom.xml changes.
 * @param {(line: string) => void} print
 * @returns {Promise<string>} the class path
 */
export async function prepareKafka(print) {
  const pom = await readFile(POM);
  const folder = join(CACHE, `kafka-${createHash('sha256').update(pom).digest('hex').slice(0, 12)}`);
  const finished = join(folder, 'finished');
  if (!(await runs('java', ['-version'])) || !(existsSync(finished) || (await runs('mvn', ['--version'])))) {
    await installJava(print);
  }
  if (!existsSync(finished)) {
    print(`preparing ${folder}`);
    // A folder without the mark is a download that was cut short.
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const copy = ['-q', '-B', '-f', POM, 'dependency:copy-dependencies', `-DoutputDirectory=${folder}`];
    await step('mvn', [...copy, '-DincludeScope=runtime'], 'Maven needs a repository it can reach');
    await writeFile(finished, '');
  }
  return join(folder, '*');
}

async function installJava(print) {
  if (process.getuid?.() !== 0 || !(await runs('apt-get', ['--version']))) throw new Error(HOW_TO);
  print('installing Java and Maven');
  await step('apt-get', ['update', '-qq'], HOW_TO);
  await step(
    'apt-get',
    ['install', '-o', 'DPkg::Lock::Timeout=300', '-y', '-qq', 'default-jre-headless', 'maven'],
    HOW_TO,
  );
}

async function runs(command, args) {
  try {
    return (await runCommand(command, args)).code === 0;
  } catch {
    return false;
  }
}

async function step(command, args, hint) {
  const { code, stdout, stderr } = await runCommand(command, args, { env: cleanEnv(), msMax: INSTALL_MS_MAX });
  if (code !== 0) throw new Error(`${command} failed: ${hint}\n${stdout}${stderr}`);
}
