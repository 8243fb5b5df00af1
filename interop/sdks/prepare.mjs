import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cleanEnv, runCommand } from '../run-command.mjs';

const INSTALL_MS_MAX = 600_000;
const CACHE = fileURLToPath(new URL('../../.cache', import.meta.url));
const GO_HOW_TO = 'install Go 1.24 or later';
export const JAVA_HOW_TO = 'install a JDK, 17 or later, and Maven (Debian: apt install default-jdk-headless maven)';

/** The program in go/, built with AWS's X-Ray SDK for Go. @returns {Promise<string>} its path */
export async function prepareGo(print) {
  return goProgram({ print, name: 'go-sdk', source: 'go' });
}

/** OpenTelemetry's Collector as in collector/, which takes the X-Ray daemon's place. @returns {Promise<string>} its path */
export async function prepareCollector(print) {
  return goProgram({ print, name: 'go-collector', source: 'collector', own: ['main.go', 'otlp.go'] });
}

/** Helm itself, of the version in helm/go.mod. @returns {Promise<string>} its path */
export async function prepareHelm(print) {
  return goProgram({ print, name: 'helm', source: 'helm', own: [], target: 'helm.sh/helm/v3/cmd/helm' });
}

/** The program in istio/, built with Istio's types. @returns {Promise<string>} its path */
export async function prepareIstio(print) {
  return goProgram({ print, name: 'istio', source: 'istio' });
}

async function goProgram({ print, name, source, own = ['main.go'], target = '.' }) {
  const files = ['go.mod', 'go.sum', ...own].map((file) => `${source}/${file}`);
  const folder = await prepared(name, files, print, async (out) => {
    if (!(await isNewGo())) await install(print, ['golang-go'], GO_HOW_TO);
    if (!(await isNewGo())) throw new Error(GO_HOW_TO);
    const options = ['-ldflags=-s -w', '-o', join(out, 'worker')];
    await step('go', ['build', '-C', fileOf(source), ...options, target], 'Go needs a module proxy it can reach');
  });
  return join(folder, 'worker');
}

/** The program in java/, compiled with AWS's X-Ray SDK for Java. @returns {Promise<string>} the class path */
export async function prepareJava(print) {
  const folder = await prepared('java-sdk', ['java/pom.xml', 'java/Worker.java'], print, async (out) => {
    const isThere = (await runs('javac', ['-version'])) && (await runs('mvn', ['--version']));
    if (!isThere) await install(print, ['default-jdk-headless', 'maven'], JAVA_HOW_TO);
    const copy = ['-q', '-B', '-f', fileOf('java/pom.xml'), 'dependency:copy-dependencies'];
    const jars = join(out, 'jars');
    const options = [`-DoutputDirectory=${jars}`, '-DincludeScope=runtime'];
    await step('mvn', [...copy, ...options], 'Maven needs a repository it can reach');
    await step(
      'javac',
      ['-encoding', 'UTF-8', '-cp', join(jars, '*'), '-d', out, fileOf('java/Worker.java')],
      JAVA_HOW_TO,
    );
  });
  return [folder, join(folder, 'jars', '*')].join(delimiter);
}

/** The packages of node/. @returns {Promise<string>} the folder that has them */
export function prepareNode(print) {
  return nodePackages({ print, name: 'node-sdks', source: 'node' });
}

/** The clients of node-clients/, which the Node SDK captures. @returns {Promise<string>} the folder that has them */
export function prepareNodeClients(print) {
  return nodePackages({ print, name: 'node-clients', source: 'node-clients' });
}

/** OpenTelemetry's instrumentation, for the Node SDK's benches. @returns {Promise<string>} the folder that has it */
export function prepareNodeOpenTelemetry(print) {
  return nodePackages({ print, name: 'node-opentelemetry', source: 'node-opentelemetry' });
}

/** An example with packages of its own, copied with them. @returns {Promise<string>} the folder */
export function prepareExample(print, name, sources) {
  const folder = `../../examples/${name}`;
  const files = ['package.json', 'package-lock.json', ...sources].map((file) => `${folder}/${file}`);
  return prepared(`example-${name}`, files, print, (out) => installPackages(files, folder, out));
}

function nodePackages({ print, name, source }) {
  const files = ['package.json', 'package-lock.json'].map((file) => `${source}/${file}`);
  return prepared(name, files, print, (out) => installPackages(files, source, out));
}

async function installPackages(files, source, out) {
  for (const file of files) await copyFile(fileOf(file), join(out, file.slice(source.length + 1)));
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefix', out];
  await step('npm', ['ci', ...options], 'npm needs a registry it can reach');
}

/** Made once, and kept until one of the files changes. A folder without the mark was cut short. */
export async function prepared(name, files, print, make) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(await readFile(fileOf(file)));
  const folder = join(CACHE, `${name}-${hash.digest('hex').slice(0, 12)}`);
  const finished = join(folder, 'finished');
  if (existsSync(finished)) return folder;
  print(`preparing ${folder}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await make(folder);
  await writeFile(finished, '');
  return folder;
}

async function isNewGo() {
  try {
    const { stdout } = await runCommand('go', ['env', 'GOVERSION']);
    const [, major, minor] = /^go(\d+)\.(\d+)/.exec(stdout) ?? [];
    return Number(major) > 1 || Number(minor) >= 24;
  } catch {
    return false;
  }
}

/** As root on Debian. */
export async function install(print, packages, howTo) {
  if (process.getuid?.() !== 0 || !(await runs('apt-get', ['--version']))) throw new Error(howTo);
  print(`installing ${packages.join(', ')}`);
  await step('apt-get', ['update', '-qq'], howTo);
  await step('apt-get', ['install', '-o', 'DPkg::Lock::Timeout=300', '-y', '-qq', ...packages], howTo);
}

export async function runs(command, args) {
  try {
    return (await runCommand(command, args)).code === 0;
  } catch {
    return false;
  }
}

export async function step(command, args, hint) {
  const { code, stdout, stderr } = await runCommand(command, args, { env: cleanEnv(), msMax: INSTALL_MS_MAX });
  if (code !== 0) throw new Error(`${command} ${args[0]} failed: ${hint}\n${stdout}${stderr}`);
}

function fileOf(path) {
  return fileURLToPath(new URL(path, import.meta.url));
}
