import type { Service } from './shapes.ts';

/**
 * What the console asks beside X-Ray's own operations. Same origin only.
 *
 *   GET /api/map?start=S&end=S     → MapAnswer       S: float seconds; [start, end)
 *   PUT /api/map/positions         PutPositions → { positions }
 *   GET /api/live                  text/event-stream; `event: change`, `data: LiveChange`; at most one a 250 ms
 *   GET /api/status                → StatusAnswer
 *   POST /api/login                LoginInput → { keyId }, and a cookie that stands for the key
 *   POST /api/logout               {} → {}
 */
export interface MapAnswer {
  readonly startTime: number;
  readonly endTime: number;
  readonly services: readonly Service[];
  /** By node key (`printServiceKey` of the service's Name, Type, AccountId). Every service above has one. */
  readonly positions: Positions;
  /** Of the last change that this answer can contain. */
  readonly revision: number;
}

export type Positions = Readonly<Record<string, Position>>;

/** In map units: a node is 1 × 1; x grows away from the clients, y downwards. */
export interface Position {
  readonly x: number;
  readonly y: number;
}

/** Merged into the kept positions; `replace` forgets the others first. */
export interface PutPositions {
  readonly positions: Positions;
  readonly replace?: boolean;
}

export interface LoginInput {
  readonly keyId: string;
  readonly secret: string;
}

export interface LiveChange {
  readonly revision: number;
}

export interface StatusAnswer {
  readonly version: string;
  readonly status: 'ok' | 'degraded';
  /** One sentence each: what is wrong, or weaker than the default. */
  readonly notices: readonly string[];
  /** Where documents wait until they are stored. */
  readonly journal: 'file' | 'kafka';
  /** Of the file journal. */
  readonly durability: 'fsync' | 'os';
  /** `open`: anybody who reaches it may use it; `keys`: an access key or a login is needed. */
  readonly access: 'open' | 'keys';
  readonly traceCount: number;
  readonly documentCount: number;
  readonly storeBytes: number;
  readonly journalBytes: number;
  /** Documents acknowledged but not yet in the store. */
  readonly backlogCount: number;
  readonly listeners: readonly { readonly name: string; readonly address: string }[];
}

export const POSITIONS_MAX = 10_000;
