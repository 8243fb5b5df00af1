/** Where a proxy sent a request, as far as the cluster's name tells (XRAY-SPEC §11.5). */
export type ClusterName =
  | {
      /** `waypoint`: from a waypoint to the service that it stands before. */
      readonly direction: 'inbound' | 'outbound' | 'waypoint';
      /** Null when it is no number. */
      readonly port: number | null;
      /** Of outbound clusters, and a waypoint's: the version asked for. Empty for all. */
      readonly subset: string;
      /** `reviews.default.svc.cluster.local`; empty in newer inbound clusters. */
      readonly host: string;
    }
  | { readonly direction: 'inbound-passthrough' | 'passthrough' | 'blocked' };

/**
 * cluster   = direction "|" port "|" subset "|" host    ; ";" in place of "|" where an alias was made of the name
 *           / "PassthroughCluster" / "BlackHoleCluster" / "InboundPassthroughCluster" [ "Ipv4" / "Ipv6" ]
 * direction = "inbound" / "outbound" / "inbound-vip" / "inbound-pod"     ; the last two of waypoints
 * subset    = of inbound clusters up to Istio 1.7 the port's name, else empty; of waypoints ( "http" / "tcp" ) [ "/" version ]
 *
 * Null for the clusters of other meshes and of hand-written Envoy configuration.
 */
export function readClusterName(text: string): ClusterName | null {
  if (text.startsWith('InboundPassthroughCluster')) return { direction: 'inbound-passthrough' };
  if (text === 'PassthroughCluster') return { direction: 'passthrough' };
  if (text === 'BlackHoleCluster') return { direction: 'blocked' };
  const [direction = '', port, subset = '', host = ''] = text.split(/[|;]/, 4);
  if (port === undefined) return null;
  const where = { port: /^\d{1,5}$/.test(port) ? Number(port) : null, host };
  if (direction === 'inbound' || direction === 'outbound') return { direction, subset, ...where };
  if (direction !== 'inbound-vip' && direction !== 'inbound-pod') return null;
  return { direction: 'waypoint', subset: subset.split('/', 2)[1] ?? '', ...where };
}

/** `reviews.default.svc.cluster.local` → service and namespace; a host outside the cluster has no namespace. */
export function readServiceHost(host: string): { readonly name: string; readonly namespace: string } {
  const [service = '', namespace = '', marker] = host.split('.', 3);
  return marker === 'svc' ? { name: `${service}.${namespace}`, namespace } : { name: host, namespace: '' };
}
