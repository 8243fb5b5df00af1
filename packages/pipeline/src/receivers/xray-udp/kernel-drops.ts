import { readFile } from 'node:fs/promises';
import type { UdpAddress } from './listen.ts';

/** Datagrams that the kernel dropped because this socket's queue was full; null where the kernel does not tell. */
export async function readKernelDrops(address: UdpAddress): Promise<number | null> {
  try {
    const table = await readFile(address.family === 6 ? '/proc/net/udp6' : '/proc/net/udp', 'utf8');
    return findKernelDrops(table, address);
  } catch {
    return null;
  }
}

/**
 * table = heading LF *( row LF )
 * row   = slot ":" local remote state queues timer retransmits uid timeout inode references pointer drops
 * local = address ":" port      ; in hex; the address in 32-bit words of the machine's byte order
 *
 * Words are read as little-endian, which all machines that Node has releases for are, but for s390x: there
 * the row is not found. Null when there is no such row.
 */
export function findKernelDrops(table: string, { family, host, port }: UdpAddress): number | null {
  const bytes = family === 6 ? ipv6Bytes(host) : host.split('.').map(Number);
  const local = `${printWords(bytes)}:${port.toString(16).padStart(4, '0')}`.toUpperCase();
  for (const row of table.split('\n').slice(1)) {
    const fields = row.trim().split(/\s+/);
    if (fields[1] !== local) continue;
    const drops = Number(fields.at(-1));
    return Number.isSafeInteger(drops) ? drops : null;
  }
  return null;
}

function printWords(bytes: readonly number[]): string {
  let hex = '';
  for (let word = 0; word < bytes.length; word += 4) {
    for (const byte of bytes.slice(word, word + 4).toReversed()) hex += byte.toString(16).padStart(2, '0');
  }
  return hex;
}

/** Of an address as the kernel prints it: groups of hex digits, `::` for zeros, perhaps IPv4 at the end. */
function ipv6Bytes(host: string): readonly number[] {
  const [address = ''] = host.split('%');
  const [head = '', tail] = address.split('::');
  const before = groupBytes(head);
  const after = groupBytes(tail ?? '');
  return [...before, ...Array.from({ length: 16 - before.length - after.length }, () => 0), ...after];
}

function groupBytes(groups: string): readonly number[] {
  return groups.split(':').flatMap((group) => {
    if (group === '') return [];
    if (group.includes('.')) return group.split('.').map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
