import { isJsonObject } from '../../clean-json.ts';
import type {
  IndependentSubsegmentDocument,
  Json,
  JsonObject,
  SegmentDocument,
  TraceDocument,
} from '../../segment-document.ts';
import type { SegmentId } from '../../segment-id.ts';
import { OTLP_NAMESPACE } from '../otlp/metadata.ts';

// What a collapsed hop's documents become. What they were stays in `metadata.mesh`, and, where the dialect takes a name or a
// parent from the document itself, in the dialect's metadata, so that the span comes back out as it was sent.

type Fields = Readonly<Record<string, Json | undefined>>;

export function withParent(segment: SegmentDocument, parentId: SegmentId | undefined): SegmentDocument {
  if (segment.parent_id === parentId) return segment;
  const { parent_id: sentParent, ...root } = segment;
  const kept = { ...root, ...keep(segment, {}, { parent: sentParent ?? '' }) };
  return parentId === undefined ? kept : { ...kept, parent_id: parentId };
}

/** The application's segment as the node of both: in the sidecar's place, by its name, and failed when that has failed. */
export function asLead(
  application: SegmentDocument,
  proxy: SegmentDocument,
  parentId: SegmentId | undefined,
): SegmentDocument {
  const named = { ...application, ...keep(application, { name: application.name }, { name: application.name }) };
  return withParent({ ...named, ...outcomeOf(application, proxy), name: proxy.name }, parentId);
}

/** A segment as work below another; what only segments have is kept. */
export function toWork(segment: SegmentDocument, parentId: SegmentId): IndependentSubsegmentDocument {
  const { origin, user, resource_arn, service, inferred: _inferred, type: _type, ...common } = segment;
  const sentParent = segment.parent_id === parentId ? {} : { parent: segment.parent_id ?? '' };
  return {
    ...common,
    ...keep(segment, { origin, user, resource_arn, service }, sentParent),
    type: 'subsegment',
    parent_id: parentId,
  };
}

type Outcome = Pick<SegmentDocument, 'fault' | 'error' | 'throttle'>;

/** The application's, unless it went well and the sidecar still answered with a failure. */
function outcomeOf(application: Outcome, { fault, error, throttle }: Outcome): Outcome {
  const isFailed = application.fault === true || application.error === true || application.throttle === true;
  if (isFailed) return {};
  return { ...(fault && { fault }), ...(error && { error }), ...(throttle && { throttle }) };
}

/** Metadata with what the document was before; what is kept already is older, and so the truth. */
function keep({ metadata = {} }: TraceDocument, mesh: Fields, otlp: Fields): { readonly metadata?: JsonObject } {
  const changed = { ...metadata };
  const own = metadata[OTLP_NAMESPACE];
  if (isJsonObject(own)) changed[OTLP_NAMESPACE] = { ...defined(otlp), ...own };
  const before = metadata['mesh'];
  const { parent, ...fields } = { ...otlp, ...mesh };
  // An X-Ray SDK's document has no dialect to keep its parent.
  const isXray = !DIALECTS.some((dialect) => dialect in metadata);
  const all = defined(isXray && parent !== undefined && parent !== '' ? { ...fields, parent_id: parent } : fields);
  if (Object.keys(all).length > 0) changed['mesh'] = { ...all, ...(isJsonObject(before) ? before : {}) };
  return Object.keys(changed).length > 0 ? { metadata: changed } : {};
}

const DIALECTS = [OTLP_NAMESPACE, 'zipkin', 'jaeger'];

function defined(fields: Fields): Record<string, Json> {
  const kept: Record<string, Json> = {};
  for (const [key, value] of Object.entries(fields)) if (value !== undefined) kept[key] = value;
  return kept;
}
