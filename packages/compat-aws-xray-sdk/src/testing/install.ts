import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openRegistry, type Packed } from './registry.ts';

const run = promisify(execFile);

export const ROOT: string = fileURLToPath(new URL('../../../..', import.meta.url));

/** Official name → ours. Which of ours stands for a name is in its README. */
export const ALIASES: ReadonlyMap<string, string> = new Map(
  readdirSync(join(ROOT, 'packages'))
    .filter((room) => room.startsWith('compat-'))
    .map((room) => [/`(aws-xray-sdk[a-z0-9-]*)`/.exec(read(`packages/${room}/README.md`))?.[1] ?? '', room]),
);

/** What the applications use beside the SDK; it comes from the repository's own modules. */
const BESIDE = ['express', '@types/express', '@types/node'];

export interface Applications extends Disposable {
  /** A folder in which the official names are our packages, installed by npm from what it would publish. */
  readonly ours: string;
  /** The same with the official packages. */
  readonly official: string;
}

/** Two folders with the same application in them. Nothing is fetched from anywhere but loopback. */
export async function installApplications(): Promise<Applications> {
  const folder = mkdtempSync(join(tmpdir(), 'fluoroscope-drop-in-'));
  const [ours, official] = [join(folder, 'ours'), join(folder, 'official')];
  for (const each of [ours, official]) {
    cpSync(fileURLToPath(new URL('./app', import.meta.url)), each, { recursive: true });
  }
  await installOurs(ours, await pack(folder));
  for (const name of ['', '-core', '-express', '-mysql', '-postgres']) link(official, `aws-xray-sdk${name}`);
  for (const each of [ours, official]) for (const name of BESIDE) link(each, name);
  return { ours, official, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

async function pack(folder: string): Promise<readonly Packed[]> {
  const rooms = ['sdk', ...ALIASES.values()];
  const workspaces = rooms.flatMap((room) => ['-w', `packages/${room}`]);
  const { stdout } = await run('npm', ['pack', '--json', '--silent', '--pack-destination', folder, ...workspaces], {
    cwd: ROOT,
    maxBuffer: 64 * 1024 * 1024,
  });
  const printed: unknown = JSON.parse(stdout);
  const list = Object.values(printed as object) as { name: string; filename: string }[];
  return list.map(({ name, filename }) => ({
    manifest: JSON.parse(read(`packages/${name.replace('@fluoroscope/', '')}/package.json`)),
    path: join(folder, filename),
  }));
}

async function installOurs(folder: string, packages: readonly Packed[]): Promise<void> {
  const dependencies = Object.fromEntries(
    [...ALIASES].map(([name, room]) => [name, `npm:@fluoroscope/${room}@${versionOf(`packages/${room}`)}`]),
  );
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'app', version: '1.0.0', dependencies }));
  const registry = await openRegistry(packages);
  try {
    const settings = ['--registry', registry.url, '--cache', join(folder, '.npm'), '--no-audit', '--no-fund'];
    await run('npm', ['install', '--ignore-scripts', '--legacy-peer-deps=false', ...settings], { cwd: folder });
  } finally {
    registry.close();
  }
}

function link(folder: string, name: string): void {
  const to = join(folder, 'node_modules', name);
  mkdirSync(dirname(to), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules', name), to);
}

export function versionOf(folder: string): string {
  return (JSON.parse(read(`${folder}/package.json`)) as { version: string }).version;
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}
