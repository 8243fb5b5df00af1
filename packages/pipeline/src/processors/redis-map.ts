import type { ClientTls } from '../tls.ts';
import type { SharedMap } from './shared-trace-id-memory.ts';

export interface RedisMapOptions {
  readonly host: string;
  readonly port: number;
  /** Null: plain. */
  readonly tls: ClientTls | null;
  readonly username: string | null;
  readonly password: string | null;
  readonly database: number;
  /** Before every key. */
  readonly keyPrefix: string;
  /** Whenever the connection ends or cannot be had; it is tried again. */
  readonly troubled: (error: unknown) => void;
}

export interface RedisMap extends SharedMap, Disposable {}

const CONNECT_MS_MAX = 5_000;
const RECONNECT_MS_MAX = 2_000;
const RECONNECT_MS_STEP = 100;
/** Commands on their way; beyond it they are refused. */
const COMMANDS_MAX = 20_000;

/**
 * Keys of a Redis server, or of what speaks as one. Questions wait for the first connection, or until it could not be had; later
 * they are refused while there is none.
 */
export async function openRedisMap(options: RedisMapOptions): Promise<RedisMap> {
  const { host, port, tls, username, password, database, keyPrefix, troubled } = options;
  // Only now: who shares nothing needs it not.
  const { createClient } = await import('@redis/client');
  const common = {
    host,
    port,
    connectTimeout: CONNECT_MS_MAX,
    reconnectStrategy: (tries: number) => Math.min(tries * RECONNECT_MS_STEP, RECONNECT_MS_MAX),
  };
  const client = createClient({
    socket: tls === null ? common : { ...common, tls: true, ...secureOptions(tls) },
    ...(username !== null && { username }),
    ...(password !== null && { password }),
    database,
    RESP: 2,
    disableOfflineQueue: true,
    disableClientInfo: true,
    commandsQueueMaxLength: COMMANDS_MAX,
  });
  client.on('error', troubled);
  const begun = new Promise<void>((resolve) => {
    client.once('ready', () => resolve());
    client.once('error', () => resolve());
  });
  client.connect().catch(troubled);

  return {
    async agree(key, proposed, ttlMs) {
      await begun;
      const name = keyPrefix + key;
      const end = Math.ceil(ttlMs);
      // One packet and one answer: the library sends what is asked in one turn together, in this order.
      const [, value] = await Promise.all([
        client.set(name, proposed, { condition: 'NX', expiration: { type: 'PX', value: end } }),
        client.get(name),
        client.pExpire(name, end),
      ]);
      return value ?? proposed;
    },
    [Symbol.dispose]() {
      if (client.isOpen) client.destroy();
    },
  };
}

function secureOptions({ ca, cert, key, isVerified, serverName }: ClientTls) {
  return {
    rejectUnauthorized: isVerified,
    ...(ca !== null && { ca }),
    ...(cert !== null && { cert }),
    ...(key !== null && { key }),
    ...(serverName !== null && { servername: serverName }),
  };
}
