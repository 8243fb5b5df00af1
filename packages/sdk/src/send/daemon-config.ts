import { getLogger } from '../logger.ts';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Where documents (UDP) and sampling calls (TCP) go. */
export interface DaemonAddress {
  readonly udp: Endpoint;
  readonly tcp: Endpoint;
  /** Documents go by HTTP to `tcp`, not by UDP. */
  readonly byHttp: boolean;
}

const DEFAULT_ADDRESS = '127.0.0.1:2000';
const HTTP = 'http://';

let current: DaemonAddress = readEnvironment(process.env['AWS_XRAY_DAEMON_ADDRESS']);

export function getDaemonAddress(): DaemonAddress {
  return current;
}

/** @throws Error for a text that is no address. `AWS_XRAY_DAEMON_ADDRESS` beats it. */
export function setDaemonAddress(address: string): void {
  if (process.env['AWS_XRAY_DAEMON_ADDRESS']) {
    getLogger().warn('Ignoring call to setDaemonAddress: AWS_XRAY_DAEMON_ADDRESS is set.');
    return;
  }
  current = readDaemonAddress(address);
  getLogger().info(`Configured daemon address to ${address}.`);
}

/**
 * address  = endpoint / "udp:" endpoint SP "tcp:" endpoint / "http://" endpoint   ; the two in any order
 * endpoint = ( name / IPv4 / "[" IPv6 "]" ) ":" port
 */
export function readDaemonAddress(text: string): DaemonAddress {
  const parts = text.trim().split(/\s+/);
  const [first = '', second] = parts;
  if (parts.length > 2)
    throw new Error(`Invalid Daemon Address: ${text}. Give "host:port" or "udp:host:port tcp:host:port".`);
  if (second === undefined) {
    if (/^(udp|tcp):.*:/.test(first))
      throw new Error('Invalid Daemon Address. You must specify both tcp and udp addresses.');
    const byHttp = first.startsWith(HTTP);
    const both = readEndpoint(byHttp ? first.slice(HTTP.length).replace(/\/$/, '') : first);
    return { udp: both, tcp: both, byHttp };
  }
  const found = new Map([first, second].map((part) => [part.slice(0, 4), part.slice(4)] as const));
  const [udp, tcp] = [found.get('udp:'), found.get('tcp:')];
  if (udp === undefined || tcp === undefined) {
    throw new Error('Invalid Daemon Address. You must specify both tcp and udp addresses.');
  }
  return { udp: readEndpoint(udp), tcp: readEndpoint(tcp), byHttp: false };
}

function readEndpoint(text: string): Endpoint {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port < 1 || port > 65_535) {
    throw new Error(`Invalid Daemon Address: ${text}. You must specify an ip and port.`);
  }
  return { host, port };
}

/** A slip in the environment must not keep a program from starting. */
function readEnvironment(text: string | undefined): DaemonAddress {
  try {
    return readDaemonAddress(text || DEFAULT_ADDRESS);
  } catch (error) {
    getLogger().error(`AWS_XRAY_DAEMON_ADDRESS: ${error instanceof Error ? error.message : String(error)}`);
    return readDaemonAddress(DEFAULT_ADDRESS);
  }
}
