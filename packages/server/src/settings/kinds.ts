import { bad, ok, type Result } from '@fluoroscope/model';
import { parseNetwork, type Network } from '../access/networks.ts';

/** How one sort of setting is written. The problem says what was expected. */
export interface Kind<T> {
  /** Completes "expected …" and stands in the docs. */
  readonly expected: string;
  readonly parse: (text: string) => Result<T, 'malformed'>;
}

/** Where to listen; null closes the listener. */
export type Listen = ListenAddress | null;

export interface ListenAddress {
  /** A name or an address, IPv6 without brackets. */
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
}

/** listen = "off" / host ":" port   ; host = name / IPv4 / "[" IPv6 "]" */
const LISTEN = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+)):(\d{1,5})$/i;

export const listen: Kind<Listen> = {
  expected: 'HOST:PORT such as 127.0.0.1:2000 or [::1]:2000 (port 0 picks a free one), or off',
  parse(text) {
    if (text === 'off') return ok(null);
    const [, ipv6, name, digits] = LISTEN.exec(text) ?? [];
    const host = ipv6 ?? name;
    const port = Number(digits);
    return host === undefined || port > 65_535 ? bad('malformed') : ok({ host, port });
  },
};

export function printListen(address: ListenAddress): string {
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/** `mayBeTaken`: the listener stays closed, with a warning, when another program has the port. */
export type ReceiverListen = (ListenAddress & { readonly mayBeTaken: boolean }) | null;

/** receiver-listen = listen [" if free"] */
const IF_FREE = ' if free';

export const receiverListen: Kind<ReceiverListen> = {
  expected: `${listen.expected}; with "${IF_FREE.trim()}" behind it, it stays closed when another program has the port`,
  parse(text) {
    const mayBeTaken = text.endsWith(IF_FREE);
    const parsed = listen.parse(mayBeTaken ? text.slice(0, -IF_FREE.length) : text);
    if (!parsed.ok) return parsed;
    if (parsed.value === null) return mayBeTaken ? bad('malformed') : ok(null);
    return ok({ ...parsed.value, mayBeTaken });
  },
};

/** size = number [unit]   ; a bare number is bytes */
const SIZE = /^(\d{1,15}(?:\.\d{1,3})?) ?(B|KiB|MiB|GiB|TiB)?$/i;
const SIZE_UNITS = ['b', 'kib', 'mib', 'gib', 'tib'];

export function size(min: number, max: number = Number.MAX_SAFE_INTEGER): Kind<number> {
  const above = max === Number.MAX_SAFE_INTEGER ? '' : ` and at most ${printSize(max)}`;
  return {
    expected: `a size such as 64 MiB or 1 GiB, at least ${printSize(min)}${above}`,
    parse(text) {
      const [, digits, unit = 'B'] = SIZE.exec(text) ?? [];
      const bytes = Math.round(Number(digits) * 1024 ** SIZE_UNITS.indexOf(unit.toLowerCase()));
      return bytes >= min && bytes <= max ? ok(bytes) : bad('malformed');
    },
  };
}

function printSize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let power = 0;
  while (power < 4 && bytes >= 1024 ** (power + 1)) power += 1;
  return `${bytes / 1024 ** power} ${units[power]}`;
}

/** duration = number unit */
const DURATION = /^(\d{1,9}) ?(s|m|h|d)$/i;
const SECONDS_PER = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** In microseconds, as all times inside. */
export const duration: Kind<number> = {
  expected: 'a duration such as 30s, 5m, 2h or 30d',
  parse(text) {
    const [, digits, unit] = DURATION.exec(text) ?? [];
    const us = Number(digits) * secondsPer(unit) * 1e6;
    return Number.isSafeInteger(us) ? ok(us) : bad('malformed');
  },
};

function secondsPer(unit: string | undefined): number {
  for (const [name, seconds] of Object.entries(SECONDS_PER)) if (name === unit?.toLowerCase()) return seconds;
  return Number.NaN;
}

export function integer(min: number, max: number): Kind<number> {
  return {
    expected: `a whole number from ${min} to ${max}`,
    parse(text) {
      const value = Number(text);
      return /^\d{1,15}$/.test(text) && value >= min && value <= max ? ok(value) : bad('malformed');
    },
  };
}

export const share: Kind<number> = {
  expected: 'a number from 0 to 1',
  parse(text) {
    return /^(?:0|1|0?\.\d{1,12}|0\.\d{1,12}|1\.0{1,12})$/.test(text) ? ok(Number(text)) : bad('malformed');
  },
};

export const flag: Kind<boolean> = {
  expected: 'true or false',
  parse(text) {
    if (text === 'true' || text === '1') return ok(true);
    return text === 'false' || text === '0' ? ok(false) : bad('malformed');
  },
};

export function oneOf<const T extends string>(...choices: readonly T[]): Kind<T> {
  return {
    expected: choices.join(' or '),
    parse(text) {
      const choice = choices.find((candidate) => candidate === text);
      return choice === undefined ? bad('malformed') : ok(choice);
    },
  };
}

export const path: Kind<string> = {
  expected: 'a path',
  parse: (text) => (text === '' || text.includes('\0') ? bad('malformed') : ok(text)),
};

export const optionalPath: Kind<string | null> = {
  expected: 'a path',
  parse: (text) => (text.includes('\0') ? bad('malformed') : ok(text === '' ? null : text)),
};

export function matching(form: RegExp, expected: string): Kind<string> {
  return { expected, parse: (text) => (form.test(text) ? ok(text) : bad('malformed')) };
}

/** list = [item *("," item)] */
export function list(item: Kind<string>): Kind<readonly string[]> {
  return {
    expected: `a list, separated by commas, of ${item.expected}`,
    parse(text) {
      const values: string[] = [];
      for (const part of text.split(',').map((piece) => piece.trim())) {
        if (part === '') continue;
        const parsed = item.parse(part);
        if (!parsed.ok) return parsed;
        values.push(parsed.value);
      }
      return ok(values);
    },
  };
}

/** networks = [network *("," network)] */
export const networks: Kind<readonly Network[]> = {
  expected: 'addresses or networks, separated by commas (10.0.0.0/8, 192.0.2.7, fd00::/8)',
  parse(text) {
    const values: Network[] = [];
    for (const part of text.split(',').map((piece) => piece.trim())) {
      if (part === '') continue;
      const parsed = parseNetwork(part);
      if (!parsed.ok) return parsed;
      values.push(parsed.value);
    }
    return ok(values);
  },
};

/** host [":" port]; compared in lower case */
export const hostName: Kind<string> = {
  expected: 'host names, each with or without a port (fluoroscope.internal, fluoroscope.internal:2000)',
  parse: (text) =>
    /^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.test(text) ? ok(text.toLowerCase()) : bad('malformed'),
};

export const origin: Kind<string> = {
  expected: 'origins (https://grafana.example, http://localhost:3000)',
  parse(text) {
    const url = URL.canParse(text) ? new URL(text) : null;
    const isWeb = url?.protocol === 'http:' || url?.protocol === 'https:';
    return url !== null && isWeb && url.origin === text.toLowerCase() ? ok(url.origin) : bad('malformed');
  },
};

/** Where the durable hand-over is kept. Credentials never stand in it: a setting may be printed. */
export type JournalPlace = 'file' | KafkaPlace;

export interface KafkaPlace {
  /** host:port each. */
  readonly brokers: readonly string[];
  readonly topic: string;
}

/** journal = "file" / "kafka://" broker *("," broker) "/" topic   ; broker = host ":" port */
const KAFKA = /^kafka:\/\/([a-z0-9._,:[\]-]+)\/([a-z0-9._-]{1,249})$/i;

export const journal: Kind<JournalPlace> = {
  expected: 'file, or kafka://HOST:PORT,…/TOPIC',
  parse(text) {
    if (text === 'file') return ok('file');
    const [, brokers, topic] = KAFKA.exec(text) ?? [];
    if (brokers === undefined || topic === undefined) return bad('malformed');
    const addresses = brokers.split(',');
    const areAddresses = addresses.every((broker) => LISTEN.test(broker));
    return areAddresses ? ok({ brokers: addresses, topic }) : bad('malformed');
  },
};

/** An http or https address without credentials; empty for none. */
export const optionalUrl: Kind<string | null> = {
  expected: 'http://HOST:PORT or https://HOST:PORT, without user or password',
  parse(text) {
    if (text === '') return ok(null);
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const isPlain = url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
    return isPlain ? ok(text) : bad('malformed');
  },
};

/** Null for no limit, written as nothing. */
export function optional<T>(item: Kind<T>): Kind<T | null> {
  return { expected: `${item.expected}, or nothing`, parse: (text) => (text === '' ? ok(null) : item.parse(text)) };
}
