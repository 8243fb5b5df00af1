import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { fileURLToPath } from 'node:url';

const PACKAGE = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/** Services print nothing and hold nothing worth a slow goodbye. */
const STOP_MS_MAX = 2_000;

/**
 * Starts each service as a process of its own, as one would deploy them: the X-Ray SDK keeps its service name and
 * its context in globals.
 * @param {object} options
 * @param {readonly string[]} options.names files in services/, without the ending
 * @param {Record<string, NodeJS.ProcessEnv>} options.env more environment, by service
 * @param {Record<string, string>} options.others base URLs of neighbours that run elsewhere
 */
export async function startServices({ names, env, others }) {
  const services = names.map((name) => startService(name, env[name] ?? {}));
  const died = Promise.race(services.map(({ death }) => death));

  async function stop() {
    await Promise.all(services.map(({ child }) => stopChild(child)));
  }

  try {
    const started = services.map(async ({ name, child }) => [name, await readPort(child)]);
    const ports = await Promise.race([Promise.all(started), died]);
    const listening = Object.fromEntries(ports.map(([name, port]) => [name, `http://127.0.0.1:${port}`]));
    const neighbours = Object.fromEntries(ports.map(([name, port]) => [name, `http://${name}.shop.internal:${port}`]));
    for (const { child } of services) child.send({ neighbours: { ...neighbours, ...others } });
    return { listening, died, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startService(name, env) {
  const file = fileURLToPath(new URL(`services/${name}.js`, import.meta.url));
  const child = fork(file, { env: { ...serviceEnv(), ...env } });
  const death = (async () => {
    const [code, signal] = await once(child, 'exit');
    throw new Error(`${name} stopped (${signal ?? `exit code ${code}`})`);
  })();
  death.catch(() => {});
  return { name, child, death };
}

async function readPort(child) {
  const [{ port }] = await once(child, 'message');
  return port;
}

// The user's own AWS settings stay out of it: no profile, no endpoint override, no look for instance credentials.
function serviceEnv() {
  const entries = Object.entries(process.env).filter(
    ([key]) => !key.startsWith('AWS_') || /^AWS_(XRAY|SDK_JS)_/.test(key),
  );
  return {
    ...Object.fromEntries(entries),
    // What npm sets for its scripts, and the SDK reports as the service's version.
    npm_package_name: PACKAGE.name,
    npm_package_version: PACKAGE.version,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'example',
    AWS_SECRET_ACCESS_KEY: 'example',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: os.devNull,
    AWS_SHARED_CREDENTIALS_FILE: os.devNull,
  };
}

async function stopChild(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill();
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  await gone;
  clearTimeout(timer);
}
