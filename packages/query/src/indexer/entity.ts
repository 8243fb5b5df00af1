import {
  inferTarget,
  isBroker,
  isTracedCall,
  outcomeOf,
  readReceivedFrom,
  timeUs,
  timeUsFromSeconds,
  type AnnotationValue,
  type CauseBlock,
  type EntityDocument,
  type Json,
  type JsonObject,
  type Outcome,
  type SegmentDocument,
  type SegmentId,
  type SubsegmentDocument,
  type TimeUs,
  type TraceDocument,
} from '@fluoroscope/model';
import type { CauseException, EntityCause } from '../root-causes/cause-tree.ts';
import { KEPT_EXCEPTIONS_CHARS_MAX, CAUSE_EXCEPTIONS_MAX } from '../root-causes/limits.ts';
import type { ServiceRef, ServiceRefs } from './service-ref.ts';

/**
 * What the graph and the trace row need of one segment or subsegment; never changed, a newer version of the
 * entity is another object.
 */
export interface Entity {
  readonly id: SegmentId;
  /** The enclosing entity's, or `parent_id`; null also for an entity that names itself. */
  readonly parentId: SegmentId | null;
  /** `call`: a subsegment that leads to another node; `local`: any other subsegment. */
  readonly kind: 'segment' | 'call' | 'local';
  /** Of a call: the name under which the caller knows the far end. */
  readonly name: string;
  /** A segment's own node; of a call the node that is inferred when no segment answers; null for local work. */
  readonly service: ServiceRef | null;
  readonly startUs: TimeUs;
  /** Not before the start; the start while in progress. */
  readonly endUs: TimeUs;
  readonly outcome: Outcome;
  readonly fault: boolean;
  readonly error: boolean;
  /** Also when it failed in the end, which `outcome` tells first. */
  readonly throttle: boolean;
  /** A call other than through an AWS SDK. */
  readonly remote: boolean;
  /** What it says about why it failed, or `UNKEPT_CAUSE`. */
  readonly cause: EntityCause | null;
  /** A call whose far end promises a segment of its own. */
  readonly traced: boolean;
  /** Of a call to a queue or topic: what segments below it have received. Of a segment: what it says it received. */
  readonly message: Message | null;
  /** Of its document: higher than that of the trace's documents before. */
  readonly arrival: number;
  readonly annotations: Annotations;
  /** Null for subsegments. */
  readonly segment: SegmentFields | null;
}

export type Annotations = { readonly [key: string]: AnnotationValue };

/** A message on its way. */
export interface Message {
  /** The queue or topic that keeps it. */
  readonly broker: ServiceRef;
  /** Null when the sender's trace is another one. */
  readonly sentUs: TimeUs | null;
}

/** What the trace row takes from segments only. */
export interface SegmentFields {
  readonly httpMethod: string | null;
  readonly httpUrl: string | null;
  readonly httpStatus: number | null;
  readonly userAgent: string | null;
  readonly clientIp: string | null;
  readonly user: string | null;
  readonly resourceArn: string | null;
  readonly instanceId: string | null;
  readonly zones: readonly string[];
}

/** Of all entities without any: most. */
export const NO_ANNOTATIONS: Annotations = {};
/** Stands for more than is remembered; compared by identity. */
export const UNKEPT_CAUSE: EntityCause = {};
const NO_ZONES: readonly string[] = [];

/** The document's own entity first, then everything embedded in it. */
export function readEntities(
  document: TraceDocument,
  arrival: number,
  serviceRefs: ServiceRefs,
): [Entity, ...Entity[]] {
  const first =
    document.type === 'subsegment'
      ? readSubsegment(document, document.parent_id, arrival, serviceRefs)
      : readSegment(document, arrival, serviceRefs);
  const entities: [Entity, ...Entity[]] = [first];
  if (document.subsegments === undefined) return entities;

  // In the order of `mergeTrace`, which matters when one id is embedded twice.
  const stack: EntityDocument[] = [document];
  for (let parent = stack.pop(); parent !== undefined; parent = stack.pop()) {
    for (const child of parent.subsegments ?? []) {
      entities.push(readSubsegment(child, parent.id, arrival, serviceRefs));
      if (child.subsegments !== undefined) stack.push(child);
    }
  }
  return entities;
}

function readSegment(document: SegmentDocument, arrival: number, serviceRefs: ServiceRefs): Entity {
  const { http, aws } = document;
  const ec2 = aws === undefined ? undefined : asObject(aws['ec2']);
  const segment: SegmentFields = {
    httpMethod: http?.request?.method ?? null,
    httpUrl: http?.request?.url ?? null,
    httpStatus: http?.response?.status ?? null,
    userAgent: http?.request?.user_agent ?? null,
    clientIp: http?.request?.client_ip ?? null,
    user: document.user ?? null,
    resourceArn: document.resource_arn ?? null,
    instanceId: asText(ec2?.['instance_id']),
    zones: aws === undefined ? NO_ZONES : readZones(aws, ec2),
  };
  const service = serviceRefs(document.name, document.origin ?? null, readAccountId(aws?.['account_id']));
  const from = document.links === undefined ? null : readReceivedFrom(document);
  const message = from === null ? null : { broker: serviceRefs(from.name, from.type, from.accountId), sentUs: null };
  return makeEntity(document, document.parent_id, arrival, 'segment', service, segment, message, false);
}

function readSubsegment(
  document: SubsegmentDocument,
  parentId: SegmentId,
  arrival: number,
  serviceRefs: ServiceRefs,
): Entity {
  const target = document.namespace === undefined ? null : inferTarget(document);
  if (target === null) return makeEntity(document, parentId, arrival, 'local', null, null, null, false);
  const service = serviceRefs(target.node.name, target.node.type, target.node.accountId);
  const message = isBroker(service.key) ? { broker: service, sentUs: timeUsFromSeconds(document.start_time) } : null;
  const remote = document.namespace === 'remote';
  return makeEntity(document, parentId, arrival, 'call', service, null, message, remote);
}

/** All entities from one object literal: one hidden class for the engine. */
function makeEntity(
  document: SegmentDocument | SubsegmentDocument,
  parentId: SegmentId | undefined,
  arrival: number,
  kind: Entity['kind'],
  service: ServiceRef | null,
  segment: SegmentFields | null,
  message: Message | null,
  remote: boolean,
): Entity {
  const { id, name, end_time } = document;
  const startUs = timeUsFromSeconds(document.start_time);
  const isOpen = document.in_progress === true || end_time === undefined;
  return {
    id,
    // The document's own string would be kept for nothing when the node has an equal one.
    name: service?.key.name === name ? service.key.name : name,
    parentId: parentId === undefined || parentId === id ? null : parentId,
    kind,
    service,
    startUs,
    endUs: isOpen ? startUs : timeUs(Math.max(startUs, timeUsFromSeconds(end_time))),
    outcome: isOpen ? 'pending' : outcomeOf(document),
    fault: document.fault === true,
    error: document.error === true,
    throttle: document.throttle === true,
    remote,
    cause: document.cause === undefined ? null : keepCause(document.cause),
    traced: kind === 'call' && isTracedCall(document),
    message,
    arrival,
    annotations: document.annotations ?? NO_ANNOTATIONS,
    segment,
  };
}

/** Without stacks; what is too much is not kept at all. */
function keepCause(cause: string | CauseBlock): EntityCause | null {
  if (typeof cause === 'string') return cause;
  const { id, exceptions = [] } = cause;
  if (exceptions.length === 0) return id === undefined ? null : { id };
  let chars = 0;
  for (const { type, message } of exceptions) chars += (type?.length ?? 0) + (message?.length ?? 0);
  if (exceptions.length > CAUSE_EXCEPTIONS_MAX || chars > KEPT_EXCEPTIONS_CHARS_MAX) return UNKEPT_CAUSE;
  return { exceptions: exceptions.map(keepException) };
}

function keepException({ id, type, message }: CauseException): CauseException {
  return {
    ...(id !== undefined && { id }),
    ...(type !== undefined && { type }),
    ...(message !== undefined && { message }),
  };
}

function readZones(aws: JsonObject, ec2: JsonObject | undefined): readonly string[] {
  const ofInstance = asText(ec2?.['availability_zone']);
  const ofTask = asText(asObject(aws['ecs'])?.['availability_zone']);
  if (ofInstance === null) return ofTask === null ? NO_ZONES : [ofTask];
  return ofTask === null || ofTask === ofInstance ? [ofInstance] : [ofInstance, ofTask];
}

/** Some senders write account ids as numbers, which lose their leading zeros. */
function readAccountId(id: Json | undefined): string | null {
  return typeof id === 'number' ? String(id).padStart(12, '0') : asText(id);
}

function asObject(value: Json | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !isList(value) ? value : undefined;
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function asText(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
