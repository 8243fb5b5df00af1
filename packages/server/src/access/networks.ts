import { bad, ok, type Result } from '@fluoroscope/model';

/** A range of addresses. */
export interface Network {
  /** An IPv4 address stands in ::ffff:0:0/96, as sockets of both families give it. */
  readonly base: bigint;
  /** Of 128 bits. */
  readonly bits: number;
}

/** network = address [ "/" bits ]   ; bits beyond those that count must be 0 */
export function parseNetwork(text: string): Result<Network, 'malformed'> {
  const [, address = '', digits] = /^([0-9a-f:.]{2,45})(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const base = readAddress(address);
  if (base === null) return bad('malformed');
  const isIpv4 = !address.includes(':');
  const given = digits === undefined ? (isIpv4 ? 32 : 128) : Number(digits);
  if (given > (isIpv4 ? 32 : 128)) return bad('malformed');
  const bits = isIpv4 ? given + 96 : given;
  return base === maskOf(base, bits) ? ok({ base, bits }) : bad('malformed');
}

export function isInNetworks(address: string, networks: readonly Network[]): boolean {
  // A zone (fe80::1%eth0) names a way, not another address.
  const value = readAddress(address.replace(/%.*$/, ''));
  return value !== null && networks.some(({ base, bits }) => maskOf(value, bits) === base);
}

function maskOf(value: bigint, bits: number): bigint {
  const rest = BigInt(128 - bits);
  return (value >> rest) << rest;
}

const MAPPED = 0xff_ffn << 32n;

/** Null for what is no address. */
function readAddress(text: string): bigint | null {
  if (!text.includes(':')) {
    const ipv4 = readIpv4(text);
    return ipv4 === null ? null : MAPPED | ipv4;
  }
  const tail = /^(.*:)([\d.]+)$/.exec(text);
  const mapped = tail?.[2]?.includes('.') === true ? readIpv4(tail[2]) : undefined;
  if (mapped === null) return null;
  const hex =
    mapped === undefined
      ? text
      : `${tail?.[1] ?? ''}${(mapped >> 16n).toString(16)}:${(mapped & 0xff_ffn).toString(16)}`;
  return readGroups(hex);
}

function readIpv4(text: string): bigint | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) {
    return null;
  }
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

/** groups = 8 of 1*4HEX joined by ":", a run of zeros once as "::" */
function readGroups(text: string): bigint | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const gap = 8 - head.length - tail.length;
  if (halves.length === 2 ? gap < 1 : gap !== 0) return null;
  const groups = [...head, ...Array.from({ length: gap }, () => '0'), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}
