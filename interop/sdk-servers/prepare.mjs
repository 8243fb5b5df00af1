import { existsSync } from 'node:fs';
import { install, runs } from '../sdks/prepare.mjs';
import { postgresProgram } from './servers.mjs';

const HOW_TO = 'install PostgreSQL, MariaDB, Redis and RabbitMQ';
const PACKAGES = {
  postgresql: () => runs(postgresProgram('postgres'), ['--version']),
  'mariadb-server': () => runs('mariadbd', ['--version']),
  'redis-server': () => runs('redis-server', ['--version']),
  'rabbitmq-server': () => existsSync('/usr/lib/rabbitmq/bin/rabbitmq-server'),
};

/** The servers' programs; as root on Debian what is missing is installed. Services of the system are not touched. */
export async function prepareServers(print) {
  const missing = [];
  for (const [name, isThere] of Object.entries(PACKAGES)) if (!(await isThere())) missing.push(name);
  if (missing.length > 0)
    await install(
      print,
      ['--no-install-recommends', ...missing],
      `${HOW_TO} (Debian: apt install ${missing.join(' ')})`,
    );
}
