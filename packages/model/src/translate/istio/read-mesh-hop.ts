import { cutText } from '../../clean-json.ts';
import { ANNOTATION_VALUE_CHARS_MAX } from '../../entity-fields.ts';
import type { AnnotationValue } from '../../segment-document.ts';
import { hostOf } from '../rpc/host-of.ts';
import { firstTagOf, tagOf, type RpcSpan } from '../rpc/rpc-span.ts';
import type { SpanRole } from '../rpc/to-documents.ts';
import { readClusterName, readServiceHost, type ClusterName } from './cluster-name.ts';
import { readNodeId, type ProxyNode } from './node-id.ts';
import { isTurnedBack } from './response-flags.ts';

/** Which side of a hop a proxy's span is. `leg`: the way between a proxy and what stands beside or behind it. */
export type HopSide = 'inbound' | 'outbound' | 'gateway' | 'leg';

/** What is looked at, whatever the span's dialect. */
export type MeshSpan = Pick<RpcSpan, 'tags' | 'kind' | 'name' | 'service' | 'peer'>;

export interface MeshHop {
  readonly role: SpanRole;
  /** Whose proxy it is; empty when nothing tells. */
  readonly service: string;
  /** Where an outbound request went. */
  readonly peer: string | undefined;
  /** It went to a service of the mesh, which never saw it: nobody but the caller tells of that. */
  readonly isTurnedBack: boolean;
  /**
   * `mesh.side` (inbound, outbound, gateway, leg), `mesh.namespace`, `mesh.workload`, `mesh.pod`, `mesh.service`, `mesh.version`,
   * `mesh.port`, `mesh.waypoint`, `mesh.peer_service`, `mesh.peer_namespace`, `mesh.peer_version`, `mesh.blocked`.
   */
  readonly annotations: readonly (readonly [key: string, value: AnnotationValue])[];
}

/**
 * What an Envoy's span tells of its hop, null for other spans. Kinds are not trusted: sidecars of Istio report CLIENT for
 * both ways. In this order count: the cluster's name, a tag `direction`, the span's name, its kind.
 *
 *   inbound             a segment of the service
 *   outbound            a call
 *   gateway             a segment of its own with a call below it
 *   waypoint            inbound, of the service that it stands before; a gateway to a host outside the mesh
 *   with a span for each way (Envoy as an independent hop), the second one is work (inbound) or the call (outbound, gateway)
 */
export function readMeshHop(span: MeshSpan): MeshHop | null {
  const { tags } = span;
  const nodeId = tagOf(tags, 'node_id');
  const clusterText = firstTagOf(tags, CLUSTER);
  const node = nodeId === '' ? null : readNodeId(nodeId);
  const isProxy = tagOf(tags, 'component') === 'proxy' || node !== null;
  const cluster = clusterText === '' ? null : readClusterName(clusterText);
  if (!isProxy && cluster === null) return null;

  const side = sideOf(span, node, cluster);
  if (side === null) return null;
  const role = roleOf(span, side, cluster);
  const peer = role === 'call' || role === 'service-and-call' ? peerOf(span, cluster, clusterText) : undefined;
  const owner =
    node?.isWaypoint === true && side === 'inbound' ? ownerBehind(span, node, cluster) : ownerOf(span, node);
  const { service, ...rest } = owner;
  return {
    role,
    service,
    peer,
    isTurnedBack: peer !== undefined && isInMesh(cluster) && isTurnedBack(tags),
    annotations: annotate({ side, cluster, ...rest, canonical: rest.canonical || service }),
  };
}

/** Whose span it is; empty for what nothing tells. */
interface Owner {
  /** As its segment is named. */
  readonly service: string;
  readonly canonical: string;
  readonly namespace: string;
  readonly workload: string;
  readonly pod: string;
  readonly version: string;
  readonly waypoint: string;
}

function ownerOf({ tags, service }: MeshSpan, node: ProxyNode | null): Owner {
  const namespace = tagOf(tags, 'istio.namespace') || (node?.namespace ?? '');
  const canonical = known(tagOf(tags, 'istio.canonical_service')) || (node?.workload ?? '');
  return {
    service:
      node?.isWaypoint === true ? nameIn(node.workload, node.namespace) : service || nameIn(canonical, namespace),
    canonical,
    namespace,
    workload: node?.workload ?? '',
    pod: node?.pod ?? '',
    version: tagOf(tags, 'istio.canonical_revision'),
    waypoint: '',
  };
}

/** Of the service behind a waypoint, whose own tags are of the waypoint; `istio.destination_…` are of the pod that it chose. */
function ownerBehind({ tags, service }: MeshSpan, node: ProxyNode, cluster: ClusterName | null): Owner {
  const of = (tag: string): string => known(tagOf(tags, `istio.destination_${tag}`));
  const host = cluster?.direction === 'waypoint' ? readServiceHost(cluster.host) : { name: '', namespace: '' };
  const namespace = host.namespace || of('namespace');
  const canonical = of('canonical_service') || host.name.slice(0, -namespace.length - 1);
  return {
    service: host.name || (of('canonical_service') === '' ? service : nameIn(canonical, namespace)),
    canonical,
    namespace,
    workload: of('workload'),
    pod: of('instance_name'),
    version: of('canonical_revision') || (cluster?.direction === 'waypoint' ? cluster.subset : ''),
    waypoint: nameIn(node.workload, node.namespace),
  };
}

/** Istio writes "unknown", and Envoy "-", for what they do not know. */
function known(text: string): string {
  return text === 'unknown' || text === '-' ? '' : text;
}

function nameIn(name: string, namespace: string): string {
  return namespace === '' ? name : `${name}.${namespace}`;
}

const CLUSTER = ['upstream_cluster', 'upstream_cluster.name'];

/** Envoy names the spans that it makes below its own `router <cluster> egress`. */
const LEG_NAME = /^(?:router|async) .* egress$/;

function sideOf(span: MeshSpan, node: ProxyNode | null, cluster: ClusterName | null): HopSide | null {
  const { name, kind } = span;
  const isLeg = LEG_NAME.test(name);
  if (node?.isGateway === true) return isLeg ? 'outbound' : 'gateway';
  switch (cluster?.direction) {
    case 'inbound':
    case 'inbound-passthrough':
      return isLeg ? 'leg' : 'inbound';
    case 'waypoint':
      return isLeg ? 'leg' : isInMesh(cluster) ? 'inbound' : 'gateway';
    case 'outbound':
    case 'passthrough':
    case 'blocked':
      // A server's span on the way out is the proxy's view of its application; the call is the span below it.
      return kind === 'server' ? 'leg' : 'outbound';
    case undefined:
      return sideOfName(span);
    default:
      return cluster satisfies never;
  }
}

function sideOfName({ name, kind, tags }: MeshSpan): HopSide | null {
  const direction = tagOf(tags, 'direction');
  if (direction === 'ingress' || name === 'ingress') return 'inbound';
  if (direction === 'egress' || name.startsWith('egress ')) return 'outbound';
  if (kind === 'server') return 'inbound';
  return kind === 'client' ? 'outbound' : null;
}

function roleOf({ kind }: MeshSpan, side: HopSide, cluster: ClusterName | null): SpanRole {
  switch (side) {
    case 'inbound':
      return 'segment';
    case 'outbound':
      return 'call';
    case 'leg':
      return 'work';
    case 'gateway':
      if (cluster?.direction === 'waypoint') return 'service-and-call';
      // One that answered by itself, or has another span for the way out.
      return kind === 'server' || cluster === null ? 'segment' : 'service-and-call';
    default:
      return side satisfies never;
  }
}

function peerOf({ tags, peer }: MeshSpan, cluster: ClusterName | null, clusterText: string): string | undefined {
  if (cluster !== null && 'host' in cluster && cluster.direction !== 'inbound' && cluster.host !== '')
    return readServiceHost(cluster.host).name;
  const host = hostOf(firstTagOf(tags, ['http.url', 'url.full']));
  return host || peer || clusterText || undefined;
}

function isInMesh(cluster: ClusterName | null): boolean {
  if (cluster === null || !('host' in cluster) || cluster.direction === 'inbound') return false;
  return readServiceHost(cluster.host).namespace !== '';
}

interface HopParts extends Omit<Owner, 'service'> {
  readonly side: HopSide;
  readonly cluster: ClusterName | null;
}

function annotate(parts: HopParts): MeshHop['annotations'] {
  const { side, cluster } = parts;
  const annotations: [string, AnnotationValue][] = [['mesh.side', side]];
  const add = (key: string, value: AnnotationValue | null): void => {
    if (value === '' || value === null) return;
    annotations.push([key, typeof value === 'string' ? cutText(value, ANNOTATION_VALUE_CHARS_MAX) : value]);
  };
  add('mesh.service', parts.canonical);
  add('mesh.namespace', parts.namespace);
  add('mesh.workload', parts.workload);
  add('mesh.pod', parts.pod);
  add('mesh.version', parts.version);
  add('mesh.waypoint', parts.waypoint);
  if (cluster === null) return annotations;
  if (cluster.direction === 'blocked') add('mesh.blocked', true);
  if (!('port' in cluster)) return annotations;
  add('mesh.port', cluster.port);
  if (side === 'inbound' || cluster.direction === 'inbound') return annotations;
  const peer = readServiceHost(cluster.host);
  add('mesh.peer_service', peer.name);
  add('mesh.peer_namespace', peer.namespace);
  add('mesh.peer_version', cluster.subset);
  return annotations;
}
