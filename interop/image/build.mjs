import { chmod, cp, lchown, mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cleanEnv, runCommand } from '../run-command.mjs';
import { makeBase } from './bases.mjs';
import { parseDockerfile, parseDockerignore } from './dockerfile.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DOCKERFILE = join(ROOT, 'deploy/docker/Dockerfile');
const RUN_MS_MAX = 600_000;

/**
 * Carries out the Dockerfile's steps in folders, one for each stage.
 * @param {(line: string) => void} print
 * @returns {Promise<{ stages: Stage[], remove: () => Promise<void> }>} the last stage is what `docker build` makes
 * @typedef {{ name?: string, root: string, env: Record<string, string>, workdir: string, user: string, entrypoint: string[], cmd: string[], hasShell: boolean }} Stage
 */
export async function buildImage(print) {
  const isKept = parseDockerignore(await readFile(join(ROOT, '.dockerignore'), 'utf8'));
  const folder = await mkdtemp(join(tmpdir(), 'fluoroscope-image-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  const stages = [];
  try {
    await chmod(folder, 0o755);
    for (const [at, { from, name, steps }] of parseDockerfile(await readFile(DOCKERFILE, 'utf8')).entries()) {
      const stage = await beginStage({ from, name, root: join(folder, String(at)), stages });
      for (const step of steps) {
        if (step.keyword === 'RUN') print(`RUN ${step.rest.slice(0, 80)}`);
        await carryOut(step, { stage, stages, isKept });
      }
      stages.push(stage);
    }
    return { stages, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function beginStage({ from, name, root, stages }) {
  const before = stages.find((stage) => stage.name === from);
  // The files are shared: a stage on top of another may only say how to run them.
  if (before !== undefined) return { ...before, env: { ...before.env }, name, isDerived: true };
  await mkdir(root);
  const { hasShell } = await makeBase(from, root);
  return { name, root, hasShell, env: {}, workdir: '/', user: '0:0', entrypoint: [], cmd: [], isDerived: false };
}

const STEPS = {
  RUN: runStep,
  COPY: copyStep,
  WORKDIR: async ({ rest }, { stage }) => {
    stage.workdir = rest;
    await mkdir(join(stage.root, rest), { recursive: true });
  },
  ENV: ({ rest }, { stage }) => {
    const [, key, value] = /^([A-Z_]+)=(\S+)$/.exec(rest) ?? [];
    if (key === undefined) throw new Error(`ENV ${rest}: expected one NAME=VALUE`);
    stage.env[key] = value;
  },
  USER: ({ rest }, { stage }) => {
    stage.user = rest;
  },
  ENTRYPOINT: ({ rest }, { stage }) => {
    stage.entrypoint = JSON.parse(rest);
    stage.cmd = [];
  },
  CMD: ({ rest }, { stage }) => {
    stage.cmd = JSON.parse(rest);
  },
  EXPOSE: () => {},
  VOLUME: () => {},
};

async function carryOut(step, context) {
  const { keyword } = step;
  if (!Object.hasOwn(STEPS, keyword)) throw new Error(`${keyword}: not known to interop/image/build.mjs`);
  if (context.stage.isDerived && ['RUN', 'COPY', 'WORKDIR'].includes(keyword)) {
    throw new Error(`${keyword}: a stage on top of another cannot change files here`);
  }
  await STEPS[keyword](step, context);
}

async function runStep({ rest }, { stage }) {
  if (!stage.hasShell) throw new Error(`RUN ${rest}: the image has no shell`);
  if (/(^|[\s"'=])\//.test(rest)) throw new Error(`RUN ${rest}: paths must be relative, to be carried out in a folder`);
  const script = `cd "$0" && umask 022 && ${rest}`;
  const { code, stdout, stderr } = await runCommand('sh', ['-c', script, join(stage.root, stage.workdir)], {
    env: cleanEnv(stage.env),
    msMax: RUN_MS_MAX,
  });
  if (code !== 0) throw new Error(`RUN ${rest} ended with ${code}\n${stdout}${stderr}`);
}

async function copyStep({ flags, rest }, { stage, stages, isKept }) {
  const words = rest.split(/\s+/);
  const target = words.pop();
  const isFolder = target.endsWith('/') || words.length > 1;
  const from = flags.from === undefined ? ROOT : stages.find(({ name }) => name === flags.from)?.root;
  if (from === undefined) throw new Error(`COPY ${rest}: there is no stage ${flags.from}`);
  for (const word of words) {
    const source = join(from, word);
    const base = target.startsWith('/') ? stage.root : join(stage.root, stage.workdir);
    const intoFolder = isFolder && (await stat(source)).isFile();
    const to = intoFolder ? join(base, target, basename(word)) : join(base, target);
    const filter = flags.from === undefined ? (path) => isKept(relative(ROOT, path)) : undefined;
    if (filter !== undefined && !filter(source)) throw new Error(`COPY ${word}: kept out by .dockerignore`);
    await cp(source, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true, filter });
    if (flags.chmod !== undefined) await chmod(to, Number.parseInt(flags.chmod, 8));
    const [uid, gid] = (flags.chown ?? '0:0').split(':').map(Number);
    await chownAll(to, uid, gid);
  }
}

async function chownAll(path, uid, gid) {
  await lchown(path, uid, gid);
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const inside = join(path, entry.name);
    if (entry.isDirectory()) await chownAll(inside, uid, gid);
    else await lchown(inside, uid, gid);
  }
}
