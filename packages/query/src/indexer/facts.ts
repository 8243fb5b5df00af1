import {
  CLIENT_TYPE,
  printServiceKey,
  timeUs,
  toLinkSource,
  UNRESOLVED_CLIENT_TYPE,
  type ServiceKey,
  type TraceId,
} from '@fluoroscope/model';
import type { EdgeFact, GraphFact, NodeFact } from '@fluoroscope/store';
import type { Entity, Message } from './entity.ts';
import type { Answer } from './slot.ts';
import type { Standing } from './standing.ts';

const NO_FACTS: readonly GraphFact[] = [];

/**
 * The facts of one entity (XRAY-SPEC §6.2–6.5); the edges of an answered call are `answerFact`s.
 *
 *   segment   its node; client → node when nobody is known to have called it;
 *             caller → node with its own figures when its parent is a segment or local work;
 *             queue → node with the message's age when its parent put a message there
 *   call      complete, unanswered and not traced: the inferred node, and the edge to it; queues always
 */
export function factsOf(traceId: TraceId, standing: Standing | null): readonly GraphFact[] {
  if (standing === null || standing.entity.service === null) return NO_FACTS;
  const { entity, owner, caller, received } = standing;
  const service = standing.entity.service.key;
  if (entity.kind === 'segment') {
    const node = nodeFact(traceId, entity, service, 'active', caller === null);
    if (received !== null) return [node, linkFact(traceId, entity, received, service)];
    if (standing.isAnswer) return [node];
    return [node, edgeFact(traceId, entity, caller?.key ?? clientOf(entity, service), service, null)];
  }
  if (!standing.isInferred || owner === null) return NO_FACTS;
  return [nodeFact(traceId, entity, service, 'inferred', false), edgeFact(traceId, entity, owner.key, service, null)];
}

/**
 * Of a trace that is indexed apart: only what no other document can take back. A segment whose caller is not known
 * has a node and no edge, and is no root unless it names no parent.
 */
export function apartFactsOf(traceId: TraceId, standing: Standing): readonly GraphFact[] {
  const { entity, caller, received } = standing;
  if (entity.kind !== 'segment' || received !== null) return factsOf(traceId, standing);
  if (entity.service === null) return NO_FACTS;
  const service = entity.service.key;
  const node = nodeFact(traceId, entity, service, 'active', entity.parentId === null);
  if (standing.isAnswer || (caller === null && entity.parentId !== null)) return [node];
  return [node, edgeFact(traceId, entity, caller?.key ?? clientOf(entity, service), service, null)];
}

/** From when the message was sent until it was received, whatever became of it then; uncounted when that is not known. */
function linkFact(traceId: TraceId, { startUs }: Entity, { broker, sentUs }: Message, target: ServiceKey): EdgeFact {
  const times: Pick<EdgeFact, 'startUs' | 'endUs' | 'outcome'> =
    sentUs === null
      ? { startUs, endUs: startUs, outcome: 'pending' }
      : { startUs: sentUs, endUs: timeUs(Math.max(sentUs, startUs)), outcome: 'ok' };
  const source = toLinkSource(broker.key);
  return { kind: 'edge', sign: 1, traceId, ...times, source, target, alias: null };
}

function clientOf({ parentId }: Entity, { name }: ServiceKey): ServiceKey {
  return { name, type: parentId === null ? CLIENT_TYPE : UNRESOLVED_CLIENT_TYPE, accountId: null };
}

/** The edge to a node that answered a call, with the caller's figures. */
export function answerFact(traceId: TraceId, { call, service }: Answer): EdgeFact | null {
  const caller = call.owner?.entity?.service;
  if (call.entity === null || caller === undefined || caller === null) return null;
  const { name } = call.entity;
  return edgeFact(traceId, call.entity, caller.key, service.key, name === service.key.name ? null : name);
}

export function sameFact(a: GraphFact, b: GraphFact): boolean {
  if (a.startUs !== b.startUs || a.endUs !== b.endUs || a.outcome !== b.outcome) return false;
  if (a.kind === 'node') {
    return b.kind === 'node' && a.state === b.state && a.root === b.root && sameService(a.service, b.service);
  }
  return b.kind === 'edge' && a.alias === b.alias && sameService(a.source, b.source) && sameService(a.target, b.target);
}

function sameService(a: ServiceKey, b: ServiceKey): boolean {
  return a === b || printServiceKey(a) === printServiceKey(b);
}

function nodeFact(
  traceId: TraceId,
  { startUs, endUs, outcome }: Entity,
  service: ServiceKey,
  state: NodeFact['state'],
  root: boolean,
): NodeFact {
  return { kind: 'node', sign: 1, traceId, startUs, endUs, outcome, service, state, root };
}

function edgeFact(
  traceId: TraceId,
  { startUs, endUs, outcome }: Entity,
  source: ServiceKey,
  target: ServiceKey,
  alias: string | null,
): EdgeFact {
  return { kind: 'edge', sign: 1, traceId, startUs, endUs, outcome, source, target, alias };
}
