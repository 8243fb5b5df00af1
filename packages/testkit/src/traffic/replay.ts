import { hex8, scatter } from './random.ts';

/**
 * Bodies of PutTraceSegments, encoded once and sent again and again. Each time round, every trace gets an id of its own
 * and times move to now, by writing over digits in place: under a microsecond a document.
 */
export interface Replay {
  /** The next body. It is written over after all others have had their turn: by then it must have been sent. */
  readonly next: (nowSeconds: number) => Uint8Array;
  readonly documentsABody: number;
  readonly bodyCount: number;
}

export interface ReplayOptions {
  readonly seed: number;
  /** When these documents arrive, in seconds: the distance to `nowSeconds` is added to their times. */
  readonly arriveSeconds: number;
  readonly documentsABody: number;
}

/** Digits at `at`: of a trace id (its number) or of whole seconds. */
interface Place {
  readonly at: number;
  readonly value: number;
}

interface Body {
  readonly bytes: Buffer;
  readonly ids: readonly Place[];
  readonly seconds: readonly Place[];
}

const TRACE_ID = /trace_id\\":\\"(1-[0-9a-f]{8}-[0-9a-f]{24})/g;
const SECONDS = /_time\\":(\d{10})(?=[.,}])/g;

export function createReplay(texts: readonly string[], options: ReplayOptions): Replay {
  const { seed, arriveSeconds, documentsABody } = options;
  const numbers = new Map<string, number>();
  const bodies: Body[] = [];
  for (let from = 0; from + documentsABody <= texts.length; from += documentsABody) {
    bodies.push(makeBody(texts.slice(from, from + documentsABody), numbers));
  }
  let turn = 0;
  let round = 0;
  let laterSeconds = 0;
  return {
    documentsABody,
    bodyCount: bodies.length,
    next(nowSeconds) {
      if (turn % bodies.length === 0) {
        round += 1;
        laterSeconds = Math.floor(nowSeconds) - arriveSeconds;
      }
      const body = bodies[turn % bodies.length];
      turn += 1;
      if (body === undefined) throw new Error(`no body in ${texts.length} documents`);
      for (const { at, value } of body.seconds) writeSeconds(body.bytes, at, value + laterSeconds);
      for (const { at, value } of body.ids) writeId(body.bytes, at, seed, round, value);
      return body.bytes;
    },
  };
}

function makeBody(texts: readonly string[], numbers: Map<string, number>): Body {
  const text = JSON.stringify({ TraceSegmentDocuments: texts });
  const bytes = Buffer.from(text);
  if (bytes.length !== text.length) throw new Error('places are counted in bytes: documents must be ASCII');
  const ids: Place[] = [];
  for (const match of text.matchAll(TRACE_ID)) {
    const [whole, id = ''] = match;
    const number = numbers.get(id) ?? numbers.size;
    numbers.set(id, number);
    ids.push({ at: match.index + whole.length - id.length, value: number });
  }
  const seconds: Place[] = [];
  for (const match of text.matchAll(SECONDS)) {
    const [whole, digits = ''] = match;
    seconds.push({ at: match.index + whole.length - digits.length, value: Number(digits) });
  }
  return { bytes, ids, seconds };
}

/** `1-`, 8 digits, `-`, 24 digits: the epoch too is random. */
function writeId(bytes: Buffer, at: number, seed: number, round: number, number: number): void {
  const a = scatter(scatter(seed, round), number);
  const b = scatter(a, round);
  bytes.write(hex8(a | 1), at + 2, 'latin1');
  bytes.write(hex8(b) + hex8(scatter(b, number)) + hex8(number ^ (round << 20)), at + 11, 'latin1');
}

function writeSeconds(bytes: Buffer, at: number, seconds: number): void {
  let rest = seconds;
  for (let place = at + 9; place >= at; place -= 1) {
    bytes[place] = 48 + (rest % 10);
    rest = (rest / 10) >>> 0;
  }
}
