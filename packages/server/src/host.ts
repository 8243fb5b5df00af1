/** host-header = host [":" port]   ; host = name / IPv4 / "[" IPv6 "]" */
const HOST_HEADER = /^(?:\[([0-9a-f:.]{2,45})\]|([a-z0-9._-]{1,253}))(?::(\d{1,5}))?$/i;

export interface HostHeader {
  /** Lower case, without brackets and without a final dot. */
  readonly host: string;
  readonly port: string | null;
}

export function splitHostHeader(header: string): HostHeader | null {
  const [, ipv6, name, port = null] = HOST_HEADER.exec(header) ?? [];
  const host = ipv6 ?? name;
  return host === undefined ? null : { host: host.toLowerCase().replace(/\.$/, ''), port };
}

const LOOPBACK_IPV4 = /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;

/** True of names and addresses that reach only this machine. */
export function isLoopback(host: string): boolean {
  const lower = host.toLowerCase();
  if (lower === 'localhost' || lower === '::1' || lower === '0:0:0:0:0:0:0:1') return true;
  const ipv4 = lower.startsWith('::ffff:') ? lower.slice('::ffff:'.length) : lower;
  return LOOPBACK_IPV4.test(ipv4);
}

/** Listening there means every address of the machine. */
export function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}
