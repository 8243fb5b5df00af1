import { readFileSync } from 'node:fs';
import type { ClientTls, ServerTls } from '../tls.ts';

/** Tests only: the path of a file in `tls/`. All certificates are of `ca` and for localhost; `renewed` has another name. */
export function pemPath(name: string): string {
  return new URL(`./tls/${name}.pem`, import.meta.url).pathname;
}

function pem(name: string): Buffer {
  return readFileSync(pemPath(name));
}

/** `asksClient`: callers need a certificate of `ca`. */
export function serverTls(name: 'server' | 'renewed', asksClient = false): ServerTls {
  return { cert: pem(`${name}.cert`), key: pem(`${name}.key`), clientCa: asksClient ? pem('ca.cert') : null };
}

export function clientTls(change: Partial<ClientTls> = {}): ClientTls {
  return { ca: pem('ca.cert'), cert: null, key: null, isVerified: true, serverName: null, ...change };
}

export const CLIENT_KEYS: Pick<ClientTls, 'cert' | 'key'> = { cert: pem('client.cert'), key: pem('client.key') };
