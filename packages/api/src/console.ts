import type { BoxGroup, BoxKind } from './map-boxes.ts';
import type { Service, TraceSummary } from './shapes.ts';

/**
 * What the console asks beside X-Ray's own operations. Same origin only.
 *
 *   GET /api/map?start=S&end=S&group=NAME     → MapAnswer       S: float seconds; [start, end); of a group's traces, or of all
 *       &by=KIND&open=LABEL…         positions are those of the graph with boxes of KIND, but for the open ones
 *   GET /api/map/activity?start=S&end=S&steps=N&group=NAME      → MapActivity
 *   POST /api/map/layout           LayoutInput → LaidOut
 *   PUT /api/map/positions         PutPositions → { positions }
 *   GET /api/live                  text/event-stream; `event: change`, `data: LiveChange`; at most one a 250 ms
 *       ?tail=FILTER                 and `event: traces`, `data: LiveTraces`, at most one a second
 *   GET /api/traces/<id>/outline  → frames, see outline/format.ts
 *   GET /api/traces/<id>/documents/<place>  → one document; the place is the outline's
 *   POST /api/filter/…, /api/traces/groups, /api/traces/summaries    see trace-analysis.ts
 *   POST /api/analysis/differences                   see set-differences.ts
 *   POST /api/test-trace           {} → TestTraceAnswer
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
  /** With boxes of kind `group`: the groups whose expression names services, by name. Those of the positions above. */
  readonly groups?: readonly BoxGroup[];
}

export type Positions = Readonly<Record<string, Position>>;

/** In map units: a node is 1 × 1; x grows away from the clients, y downwards. */
export interface Position {
  readonly x: number;
  readonly y: number;
}

/** Merged into the kept positions; `replace` forgets the others first. Each kind of boxes has positions of its own. */
export interface PutPositions {
  readonly positions: Positions;
  readonly replace?: boolean;
  readonly by?: BoxKind | undefined;
}

/** Places all nodes that the map shows between these times anew, for everybody. */
export interface LayoutInput {
  readonly startTime: number;
  readonly endTime: number;
  readonly by?: BoxKind | undefined;
  /** Labels of the boxes that are shown by their members. */
  readonly open?: readonly string[] | undefined;
}

export interface LaidOut {
  readonly positions: Positions;
  /** All that were kept until then; putting them back with `replace` undoes the layout. */
  readonly before: Positions;
}

/** Requests that came in from clients, in periods of equal length, each [start, start + stepSeconds). */
export interface MapActivity {
  readonly startTime: number;
  readonly endTime: number;
  readonly stepSeconds: number;
  readonly steps: readonly ActivityStep[];
}

export interface ActivityStep {
  readonly ok: number;
  readonly error: number;
  readonly throttle: number;
  readonly fault: number;
  /** Seconds that all of them took together. */
  readonly totalSeconds: number;
}

export interface LoginInput {
  readonly keyId: string;
  readonly secret: string;
}

export interface LiveChange {
  readonly revision: number;
}

/** Traces that match the filter and are new, or have changed, since the event before. */
export interface LiveTraces {
  /** Newest first; without root causes, which POST /api/traces/summaries has. */
  readonly traces: readonly TraceSummary[];
  /** New ones that are not told: there are too many. */
  readonly passedCount: number;
  /** And still more, which were not counted. */
  readonly hasMore: boolean;
}

/** A trace of made-up services was sent to the server by itself, as any sender's. */
export interface TestTraceAnswer {
  readonly traceId: string;
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
/** Most periods that one call tells about. */
export const ACTIVITY_STEPS_MAX = 120;
/** Most boxes that may be open at once. */
export const OPEN_BOXES_MAX = 200;
