import { bad, ok, type Result } from '../result.ts';
import { parseSegmentId, type SegmentId } from '../segment-id.ts';
import { parseTraceId, type TraceId } from '../trace-id.ts';

/** The name as AWS writes it; HTTP/2 and gRPC carry it in lower case. */
export const X_AMZN_TRACE_HEADER = 'X-Amzn-Trace-Id';

/** `yes` and `no` bind everyone below; `ask` wants the decision back in the response header. */
export type SamplingDecision = 'yes' | 'no' | 'ask';

export interface XAmznTraceHeader {
  readonly root: TraceId | null;
  readonly parent: SegmentId | null;
  /** Null when the receiver decides without being asked to tell. */
  readonly sampled: SamplingDecision | null;
  /** Everything else in its order (`Self`, `Lineage`, the sender's own), to be forwarded untouched. */
  readonly extras: readonly (readonly [key: string, value: string])[];
}

export type XAmznTraceHeaderProblem = 'too-long' | 'no-fields' | 'bad-root';

/** Room for every known field and the extras; a longer header is no trace header. */
export const TRACE_HEADER_CHARS_MAX = 1_024;

/** Keys and values together, as AWS's own SDKs forward. */
export const TRACE_HEADER_EXTRA_CHARS_MAX = 256;

/**
 * header  = field *( ";" field )
 * field   = OWS key "=" value OWS      ; keys in any case, in any order
 * key     = "Root"                     ; value: trace id
 *         / "Parent"                   ; value: 16HEXDIG
 *         / "Sampled"                  ; value: "0" / "1" / "?"
 *         / 1*key-char                 ; "Self" of a load balancer, "Lineage" of Lambda, others
 * value   = 1*( %x20-3A / %x3C-7E )    ; may hold "="
 *
 * The first of two equal keys counts. Fields that do not fit are skipped, but a `Root` that is no trace id
 * makes the header useless. `Self` is never the parent.
 */
export function parseXAmznTraceHeader(text: string): Result<XAmznTraceHeader, XAmznTraceHeaderProblem> {
  if (text.length > TRACE_HEADER_CHARS_MAX) return bad('too-long');
  const known = new Map<string, string>();
  const extras: (readonly [string, string])[] = [];
  let extraChars = 0;
  for (const field of text.split(';')) {
    const match = FIELD.exec(field);
    const [, key, value] = match ?? [];
    if (key === undefined || value === undefined) continue;
    const lower = key.toLowerCase();
    if (KNOWN_KEYS.has(lower)) {
      if (!known.has(lower)) known.set(lower, value);
    } else if (extraChars + key.length + value.length <= TRACE_HEADER_EXTRA_CHARS_MAX) {
      extraChars += key.length + value.length;
      extras.push([key, value]);
    }
  }
  if (known.size === 0 && extras.length === 0) return bad('no-fields');

  const root = known.get('root');
  const traceId = root === undefined ? undefined : parseTraceId(root);
  if (traceId?.ok === false) return bad('bad-root');
  const parent = parseSegmentId(known.get('parent') ?? '');
  return ok({
    root: traceId?.value ?? null,
    parent: parent.ok ? parent.value : null,
    sampled: DECISIONS.get(known.get('sampled') ?? '') ?? null,
    extras,
  });
}

/** Root, Parent, Sampled, then the extras: the order all SDKs write. */
export function printXAmznTraceHeader({ root, parent, sampled, extras }: XAmznTraceHeader): string {
  const fields: string[] = [];
  if (root !== null) fields.push(`Root=${root}`);
  if (parent !== null) fields.push(`Parent=${parent}`);
  if (sampled !== null) fields.push(`Sampled=${DECISION_MARKS[sampled]}`);
  for (const [key, value] of extras) fields.push(`${key}=${value}`);
  return fields.join(';');
}

const FIELD = /^[ \t]*([\w-]+)=([\x20-\x3a\x3c-\x7e]*[\x21-\x3a\x3c-\x7e])[ \t]*$/;
const KNOWN_KEYS: ReadonlySet<string> = new Set(['root', 'parent', 'sampled']);
const DECISION_MARKS = { yes: '1', no: '0', ask: '?' } as const;
const DECISIONS: ReadonlyMap<string, SamplingDecision> = new Map([
  ['1', 'yes'],
  ['0', 'no'],
  ['?', 'ask'],
]);
