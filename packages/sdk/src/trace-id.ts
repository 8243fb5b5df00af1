import { epochDigits, newTraceIdText, randomHex } from './ids.ts';
import { getLogger } from './logger.ts';

/**
 * trace-id = version "-" epoch "-" unique   ; 1-8HEXDIG-24HEXDIG
 */
export class TraceID {
  version = 1;
  timestamp: string;
  id: string;

  constructor(timestamp?: string, id?: string) {
    this.timestamp = timestamp || epochDigits();
    this.id = id || randomHex(24);
  }

  /** All zeros: stands for "no trace" in Lambda. */
  static Invalid(): TraceID {
    return new TraceID('0'.repeat(8), '0'.repeat(24));
  }

  /** A text that is no trace id is logged and answered with a new id. */
  static FromString(rawId: string): TraceID {
    const traceId = new TraceID();
    const parts = typeof rawId === 'string' ? rawId.trim().split('-') : [];
    const [version = '', epoch = '', unique = ''] = parts;
    const versionNumber = Number.parseInt(version, 10);
    const seconds = Number.parseInt(epoch, 16);
    const problem = findProblem(rawId, parts.length, versionNumber, seconds);
    if (problem !== undefined) {
      getLogger().error(problem);
      return traceId;
    }
    traceId.version = versionNumber;
    traceId.timestamp = seconds.toString(16).padStart(8, '0');
    traceId.id = unique;
    return traceId;
  }

  toString(): string {
    return `${this.version}-${this.timestamp}-${this.id}`;
  }
}

const USUAL_FORM = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/;
/** Of an id in its usual form. */
export const TRACE_ID_CHARS = 35;

/** The id to work under: the caller's, or a new one. */
export function traceIdFor(rootId: string | null | undefined): string {
  if (typeof rootId !== 'string' || rootId === '') return newTraceIdText();
  return USUAL_FORM.test(rootId) ? rootId : TraceID.FromString(rootId).toString();
}

function findProblem(rawId: unknown, parts: number, version: number, seconds: number): string | undefined {
  if (typeof rawId !== 'string' || rawId === '') return 'Empty or non-string trace ID provided';
  if (parts !== 3) return 'Unrecognized trace ID format';
  if (Number.isNaN(version) || version < 1) return 'Trace ID version must be positive integer';
  return Number.isNaN(seconds) ? 'Trace ID timestamp must be a hex-encoded value' : undefined;
}
