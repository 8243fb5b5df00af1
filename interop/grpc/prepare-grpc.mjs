import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { install, JAVA_HOW_TO, prepared, prepareExample, runs, step } from '../sdks/prepare.mjs';

const PYTHON_HOW_TO = 'install Python 3.10 or later with its venv module (Debian: apt install python3 python3-venv)';
const JAVA_FILES = [
  'pom.xml',
  'XRayGrpc.java',
  'XRayServerInterceptor.java',
  'XRayClientInterceptor.java',
  'Stock.java',
];

/** java/, compiled with gRPC and AWS's X-Ray SDK. @returns {Promise<string>} the class path */
export async function prepareGrpcJava(print) {
  const files = JAVA_FILES.map((file) => `../grpc/java/${file}`);
  const folder = await prepared('grpc-java', files, print, async (out) => {
    const isThere = (await runs('javac', ['-version'])) && (await runs('mvn', ['--version']));
    if (!isThere) await install(print, ['default-jdk-headless', 'maven'], JAVA_HOW_TO);
    const jars = join(out, 'jars');
    const copy = ['-q', '-B', '-f', fileOf('java/pom.xml'), 'dependency:copy-dependencies'];
    const options = [`-DoutputDirectory=${jars}`, '-DincludeScope=runtime'];
    await step('mvn', [...copy, ...options], 'Maven needs a repository it can reach');
    const sources = JAVA_FILES.slice(1).map((file) => fileOf(`java/${file}`));
    const compile = ['-encoding', 'UTF-8', '-nowarn', '-cp', join(jars, '*'), '-d', out];
    await step('javac', [...compile, ...sources], JAVA_HOW_TO);
  });
  return [folder, join(folder, 'jars', '*')].join(delimiter);
}

/** examples/connect with its packages. @returns {Promise<string>} the folder */
export function prepareConnect(print) {
  return prepareExample(print, 'connect', ['main.mjs', 'service.mjs']);
}

/** examples/nestjs-grpc with its packages. @returns {Promise<string>} the folder */
export function prepareNestJs(print) {
  return prepareExample(print, 'nestjs-grpc', ['main.mjs', 'stock.mjs', 'stock.proto']);
}

/** A Python with gRPC and AWS's X-Ray SDK. @returns {Promise<string>} its path */
export async function prepareGrpcPython(print) {
  const folder = await prepared('grpc-python', ['../grpc/requirements.txt'], print, async (out) => {
    await step('python3', ['-m', 'venv', join(out, 'venv')], PYTHON_HOW_TO);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', fileOf('requirements.txt')];
    await step(pythonOf(out), pip, 'pip needs a package index it can reach');
  });
  return pythonOf(folder);
}

function pythonOf(folder) {
  return process.platform === 'win32' ? join(folder, 'venv/Scripts/python') : join(folder, 'venv/bin/python');
}

function fileOf(path) {
  return fileURLToPath(new URL(path, import.meta.url));
}
