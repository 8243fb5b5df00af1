import { createRandom, createZipf, hex8, type Random } from './random.ts';
import type { Peer } from './span.ts';

export interface LandscapeService {
  readonly name: string;
  readonly version: string;
  readonly pods: readonly string[];
  /** `METHOD /path` */
  readonly operations: readonly string[];
  readonly pickOperation: (random: Random) => number;
  /** Numbers of the services it calls, the most called first; empty for some of the last ones. */
  readonly callees: readonly number[];
  readonly pickCallee: (random: Random) => number;
  readonly database: Peer | null;
  readonly queries: readonly string[];
}

export interface Landscape {
  readonly services: readonly LandscapeService[];
  readonly pickEntry: (random: Random) => number;
}

const WORDS: readonly string[] = [
  'account',
  'basket',
  'catalogue',
  'delivery',
  'event',
  'fraud',
  'gateway',
  'inventory',
  'ledger',
  'media',
  'notice',
  'order',
  'payment',
  'quote',
  'rating',
  'search',
  'tax',
  'user',
  'voucher',
  'warehouse',
];
const ROLES: readonly string[] = ['api', 'service', 'worker', 'proxy', 'store'];
const METHODS: readonly string[] = ['GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE'];
const CALLEES_MAX = 8;
/** One in so many takes requests from outside. */
const ENTRY_EVERY = 10;

/** Services call those behind them in the list only: no circles, and the last ones are called by many. */
export function createLandscape(seed: number, serviceCount: number): Landscape {
  const entryCount = Math.max(1, Math.floor(serviceCount / ENTRY_EVERY));
  const random = createRandom(seed ^ 0xca11, serviceCount);
  // Each has one caller among the first, so that a trace can reach it within few calls.
  const firstCount = Math.ceil(serviceCount / 3);
  const callers = Array.from({ length: serviceCount }, (_item, at) => random.below(Math.min(at, firstCount)));
  const calleesOf = (at: number): readonly number[] =>
    callers.flatMap((caller, callee) => (caller === at && callee >= entryCount ? [callee] : []));
  return {
    services: Array.from({ length: serviceCount }, (_item, at) => makeService(seed, at, serviceCount, calleesOf(at))),
    pickEntry: createZipf(entryCount),
  };
}

function makeService(seed: number, at: number, serviceCount: number, sure: readonly number[]): LandscapeService {
  const random = createRandom(seed ^ 0x5eed, at);
  const word = WORDS[at % WORDS.length] ?? '';
  const role = ROLES[Math.floor(at / WORDS.length) % ROLES.length] ?? '';
  const group = Math.floor(at / (WORDS.length * ROLES.length));
  const name = `${word}-${role}${group === 0 ? '' : `-${group + 1}`}`;
  const operations = Array.from(
    { length: 4 + random.below(12) },
    (_item, number) => `${METHODS[random.below(METHODS.length)] ?? ''} /${word}/${number}`,
  );
  const behind = serviceCount - 1 - at;
  const others = Array.from(
    { length: Math.min(behind, random.below(CALLEES_MAX)) },
    () => at + 1 + random.below(behind),
  );
  const callees = [...new Set([...sure, ...others])];
  return {
    name,
    version: `${1 + random.below(9)}.${random.below(30)}.${random.below(10)}`,
    pods: Array.from({ length: 1 + random.below(12) }, () => `${name}-${hex8(random.word()).slice(0, 5)}`),
    operations,
    pickOperation: createZipf(operations.length),
    callees,
    pickCallee: createZipf(Math.max(1, callees.length)),
    database: databaseOf(random, word, name),
    queries: [`SELECT * FROM ${word}s WHERE id = ?`, `UPDATE ${word}s SET state = ? WHERE id = ?`],
  };
}

function databaseOf(random: Random, word: string, name: string): Peer | null {
  const kind = random.below(3);
  if (kind === 0) return null;
  return kind === 1 ? { kind: 'sql', name: `${word}-db` } : { kind: 'dynamodb', name: `${name}-items` };
}
