import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './set-up.mjs';

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'msedge',
  'chrome',
];
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];
/** The newest one whose own code runs on Node 20. */
const PACKAGED = '@sparticuz/chromium@147.0.0';

/** For a headless browser that stays on this machine. */
export const BROWSER_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * A Chromium of the system's; else one from apt, where we are root on Debian or Ubuntu; else one from
 * the package registry. Throws, saying what to install, when there is none to be had.
 */
export async function findBrowser() {
  const found = installedBrowser() ?? fromApt() ?? (await fromRegistry());
  if (found !== undefined) return found;
  throw new Error(
    'The browser tests need Chromium, Chrome or Edge and could neither find nor install one. Install one (Debian, Ubuntu: apt-get install chromium), or set FLUOROSCOPE_BROWSER to its program.',
  );
}

function installedBrowser() {
  const asked = process.env['FLUOROSCOPE_BROWSER'];
  if (asked !== undefined && asked !== '') return asked;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...onPath, ...PLACES].find((path) => existsSync(path));
}

function fromApt() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined;
  console.log('installing Chromium with apt-get …');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [
    ['update', '-qq'],
    ['install', '-o', 'DPkg::Lock::Timeout=300', '-y', '-qq', '--no-install-recommends', 'chromium'],
  ]) {
    spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  return installedBrowser();
}

async function fromRegistry() {
  if (process.platform !== 'linux') return undefined;
  const folder = join(ROOT, '.cache', 'browser');
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(folder, 'package.json'))) writeFileSync(join(folder, 'package.json'), '{"private":true}');
  console.log('installing a packaged Chromium …');
  const { status } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', PACKAGED], {
    cwd: folder,
    stdio: 'inherit',
  });
  if (status !== 0) return undefined;
  const { default: chromium } = await import(
    pathToFileURL(join(folder, 'node_modules/@sparticuz/chromium/build/index.js')).href
  ).catch(() => ({ default: undefined }));
  return await chromium?.executablePath();
}
