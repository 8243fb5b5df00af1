import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { existsSync, readdirSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnv, runCommand, startProgram } from '../run-command.mjs';

const READY_MS_MAX = 60_000;
const HOST = '127.0.0.1';
const IS_ROOT = process.getuid?.() === 0;

/** PostgreSQL refuses to run as root. */
function asUser(user, command, args) {
  return IS_ROOT ? ['runuser', ['-u', user, '--', command, ...args]] : [command, args];
}

/** A server in a folder of its own, which is removed at the end. */
async function inFolder(name, start) {
  const folder = await mkdtemp(join(tmpdir(), `fluoroscope-${name}-`));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const { running, ...rest } = await start(folder);
    const stop = async () => {
      await running.stop();
      await rest.after?.();
      await remove();
    };
    return { ...rest, stop };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function mustRun(command, args) {
  const { code, stdout, stderr } = await runCommand(command, args);
  if (code !== 0) throw new Error(`${command} failed\n${stdout}${stderr}`);
}

/** Debian keeps each version's programs in a folder that is on nobody's path. */
export function postgresProgram(name) {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql').toSorted() : [];
  const found = versions.map((version) => `/usr/lib/postgresql/${version}/bin/${name}`).findLast(existsSync);
  return found ?? name;
}

export function startPostgres() {
  return inFolder('postgres', async (folder) => {
    const data = join(folder, 'data');
    const [port] = await freePorts(1);
    if (IS_ROOT) await mustRun('chown', ['postgres', folder]);
    await mustRun(
      ...asUser('postgres', postgresProgram('initdb'), ['-D', data, '-A', 'trust', '-U', 'shop', '--no-sync']),
    );
    const args = ['-D', data, '-p', String(port), '-h', HOST, '-k', folder, '-F'];
    const [command, all] = asUser('postgres', postgresProgram('postgres'), args);
    const running = await startProgram(command, all, {
      ready: /ready to accept connections/,
      cwd: folder,
      readyMsMax: READY_MS_MAX,
    });
    return { running, host: HOST, port, user: 'shop', database: 'postgres' };
  });
}

export function startMariaDb() {
  return inFolder('mariadb', async (folder) => {
    const data = join(folder, 'data');
    const [port] = await freePorts(1);
    const user = IS_ROOT ? ['--user=root'] : [];
    const method = '--auth-root-authentication-method=normal';
    await mustRun('mariadb-install-db', ['--no-defaults', `--datadir=${data}`, method, '--skip-test-db', ...user]);
    const args = ['--no-defaults', `--datadir=${data}`, `--port=${port}`, `--bind-address=${HOST}`, ...user];
    const running = await startProgram('mariadbd', [...args, `--socket=${join(folder, 'socket')}`], {
      ready: /ready for connections/,
      cwd: folder,
      readyMsMax: READY_MS_MAX,
    });
    return { running, host: HOST, port, user: 'root', database: 'mysql' };
  });
}

export function startRedis() {
  return inFolder('redis', async (folder) => {
    const [port] = await freePorts(1);
    const args = ['--port', String(port), '--bind', HOST, '--save', '', '--appendonly', 'no', '--dir', folder];
    const running = await startProgram('redis-server', args, { ready: /ready to accept connections/i, cwd: folder });
    return { running, host: HOST, port };
  });
}

/** With a port mapper of its own: the one that Erlang starts by itself would stay behind. */
export function startRabbitMq() {
  return inFolder('rabbitmq', async (folder) => {
    const [port, mapperPort, distributionPort] = await freePorts(3);
    const mapper = await startProgram('epmd', ['-d', '-address', HOST, '-port', String(mapperPort)], {
      ready: /epmd running/,
      cwd: folder,
    });
    for (const name of ['data', 'log', 'home']) await mkdir(join(folder, name));
    const plugins = join(folder, 'enabled_plugins');
    await writeFile(plugins, '[].\n');
    const env = cleanEnv({
      HOME: join(folder, 'home'),
      ERL_EPMD_PORT: String(mapperPort),
      RABBITMQ_NODENAME: 'fluoroscope@localhost',
      RABBITMQ_NODE_IP_ADDRESS: HOST,
      RABBITMQ_NODE_PORT: String(port),
      RABBITMQ_DIST_PORT: String(distributionPort),
      RABBITMQ_MNESIA_BASE: join(folder, 'data'),
      RABBITMQ_LOG_BASE: join(folder, 'log'),
      RABBITMQ_PID_FILE: join(folder, 'pid'),
      RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
      RABBITMQ_CONFIG_FILES: join(folder, 'none'),
      RABBITMQ_CONF_ENV_FILE: join(folder, 'none'),
    });
    try {
      const options = { ready: /Starting broker\.\.\. completed/, cwd: folder, env, readyMsMax: READY_MS_MAX };
      // What Debian has on the path changes to a user of its own first.
      const running = await startProgram('/usr/lib/rabbitmq/bin/rabbitmq-server', [], options);
      return { running, host: HOST, port, after: () => mapper.stop() };
    } catch (error) {
      await mapper.stop();
      throw error;
    }
  });
}

async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, HOST));
  const ports = [];
  for (const server of servers) {
    if (!server.listening) await once(server, 'listening');
    ports.push(server.address().port);
  }
  for (const server of servers) server.close();
  return ports;
}
