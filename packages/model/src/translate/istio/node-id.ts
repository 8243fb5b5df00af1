/** Whose proxy a span is of. */
export interface ProxyNode {
  readonly isGateway: boolean;
  /** Of Istio's ambient mode: it stands before the pods of services that have no sidecar. */
  readonly isWaypoint: boolean;
  readonly pod: string;
  readonly namespace: string;
  /** The Deployment, StatefulSet or DaemonSet, told from the pod's name. */
  readonly workload: string;
}

/**
 * node_id = type "~" ip "~" pod "." namespace "~" namespace ".svc." domain
 * type    = "sidecar" / "router" / "waypoint" / "ztunnel"
 *
 * Null for the ids of Envoys that no Istio set up.
 */
export function readNodeId(text: string): ProxyNode | null {
  const [type = '', , podAndNamespace = '', domain] = text.split('~', 4);
  if (domain === undefined) return null;
  const [namespace = ''] = domain.split('.', 1);
  const pod = podAndNamespace.endsWith(`.${namespace}`)
    ? podAndNamespace.slice(0, -namespace.length - 1)
    : podAndNamespace;
  return { isGateway: type === 'router', isWaypoint: type === 'waypoint', pod, namespace, workload: workloadOf(pod) };
}

// Kubernetes makes suffixes of letters and digits that spell no words.
const DEPLOYMENT_POD = /^(.+?)(?:-[bcdfghjklmnpqrstvwxz2456789]{6,10})?-[bcdfghjklmnpqrstvwxz2456789]{5}$/;
const STATEFUL_POD = /^(.+)-\d+$/;

function workloadOf(pod: string): string {
  return DEPLOYMENT_POD.exec(pod)?.[1] ?? STATEFUL_POD.exec(pod)?.[1] ?? pod;
}
