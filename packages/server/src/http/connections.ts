import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { CONNECTIONS_MAX, HEADERS_TIMEOUT_MS, STOP_REQUESTS_MS_MAX, UNREAD_BODY_MS_MAX } from '../limits.ts';

/** Sees to it that no client can keep others, or the end of the server, waiting by holding connections. */
export interface Connections {
  /** The server takes no more: quiet connections are closed now, the others when answered, at the latest after a while. */
  readonly close: () => void;
}

export interface ConnectionsOptions {
  readonly connectionsMax?: number;
  readonly firstByteMs?: number;
  readonly stopMs?: number;
}

/**
 * When there is one connection too many, the one that has been quiet for the longest goes, not the newcomer: who
 * holds thousands loses them, who comes with a request is answered. Quiet: no request of it is being handled. A
 * request whose body is still on its way counts as quiet, since a client can draw that out.
 */
export function keepConnections(server: Server, options: ConnectionsOptions = {}): Connections {
  const { connectionsMax = CONNECTIONS_MAX, firstByteMs = HEADERS_TIMEOUT_MS, stopMs = STOP_REQUESTS_MS_MAX } = options;
  const all = new Set<Socket>();
  /** In the order in which they fell quiet. */
  const quiet = new Set<Socket>();
  const openRequests = new WeakMap<Socket, number>();
  let isClosing = false;

  // Of a TLS server, requests name the decrypted stream, which begins after the handshake.
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
    all.add(socket);
    quiet.add(socket);
    // Node's own limits begin with the first byte.
    const silence = setTimeout(() => socket.bytesRead === 0 && socket.destroy(), firstByteMs).unref();
    socket.once('close', () => {
      clearTimeout(silence);
      all.delete(socket);
      quiet.delete(socket);
    });
    if (all.size <= connectionsMax) return;
    const [victim = socket] = quiet;
    victim.destroy();
  });

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    const count = (by: number): number => {
      const open = (openRequests.get(socket) ?? 0) + by;
      openRequests.set(socket, open);
      return open;
    };
    count(1);
    if (hasBody(request)) request.once('end', () => quiet.delete(socket));
    else quiet.delete(socket);
    response.once('close', () => {
      if (count(-1) > 0 || socket.destroyed) return;
      if (isClosing) socket.destroySoon();
      // Behind all that are quiet already.
      quiet.delete(socket);
      quiet.add(socket);
    });
  });

  return {
    close() {
      isClosing = true;
      for (const socket of quiet) if ((openRequests.get(socket) ?? 0) === 0) socket.destroy();
      const timer = setTimeout(() => {
        for (const socket of all) socket.destroy();
      }, stopMs).unref();
      server.once('close', () => clearTimeout(timer));
    },
  };
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/**
 * For an answer that does not wait for the request's body. Who closes while bytes are still coming in sends a reset,
 * and the client may never see the answer; so only our side is closed, and what comes is thrown away for a while.
 * Called before the answer is sent.
 */
export function closeGently(request: IncomingMessage): void {
  const { socket } = request;
  if (request.complete || socket.destroyed) return;
  // What Node calls when the answer to a request with `Connection: close` has been sent.
  socket.destroySoon = () => {
    socket.end();
    const timer = setTimeout(() => socket.destroy(), UNREAD_BODY_MS_MAX).unref();
    socket.once('close', () => clearTimeout(timer));
  };
}
