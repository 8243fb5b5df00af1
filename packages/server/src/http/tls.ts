import { createServer, type Server } from 'node:https';
import type { RequestListener } from 'node:http';
import { createSecureContext } from 'node:tls';
import {
  CONNECTIONS_MAX,
  HEADERS_BYTES_MAX,
  HEADERS_TIMEOUT_MS,
  KEEP_ALIVE_TIMEOUT_MS,
  REQUEST_TIMEOUT_MS,
  TIMEOUT_CHECK_INTERVAL_MS,
} from '../limits.ts';
import { readText } from '../private-yaml.ts';
import type { Settings } from '../settings.ts';
import { StartError } from '../start-error.ts';

/** In PEM. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** Null without the two settings. Throws StartError for files that cannot be used. */
export async function readTlsFiles({
  tlsCert,
  tlsKey,
}: Pick<Settings, 'tlsCert' | 'tlsKey'>): Promise<TlsFiles | null> {
  if (tlsCert === null && tlsKey === null) return null;
  if (tlsCert === null || tlsKey === null) {
    throw new StartError(
      `--tls-cert and --tls-key belong together: --${tlsCert === null ? 'tls-cert' : 'tls-key'} is missing`,
    );
  }
  const files = { cert: await readText('tls-cert', tlsCert), key: await readText('tls-key', tlsKey) };
  try {
    createSecureContext(files);
  } catch (cause) {
    throw new StartError(`--tls-cert, --tls-key: ${tlsCert} and ${tlsKey} are no certificate and its key in PEM`, {
      cause,
    });
  }
  return files;
}

/** With the limits of the plain one, since the framework sets none on a server that it did not make. */
export function tlsServer({ cert, key }: TlsFiles): (handler: RequestListener) => Server {
  return (handler) => {
    const server = createServer(
      {
        cert,
        key,
        minVersion: 'TLSv1.2',
        handshakeTimeout: HEADERS_TIMEOUT_MS,
        headersTimeout: HEADERS_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
        maxHeaderSize: HEADERS_BYTES_MAX,
        connectionsCheckingInterval: TIMEOUT_CHECK_INTERVAL_MS,
        requireHostHeader: false,
      },
      handler,
    );
    // Connections whose handshake is not done yet are not among those that are counted.
    server.maxConnections = 2 * CONNECTIONS_MAX;
    return server;
  };
}
