// Where in a document's metadata names are attributes' own, and where they are ours.

/** Of `metadata`: where spans keep what a document has no field for. */
export const SPANS: ReadonlySet<string> = new Set(['otlp', 'zipkin', 'jaeger', 'fluoroscope']);

/** In these: below which all names are attributes' own, or which are lists of attributes. */
export const ATTRIBUTES: ReadonlySet<string> = new Set(['annotations', 'attributes', 'tags']);

/** Lists of attributes: objects with a `key`. */
export const ATTRIBUTE_LISTS: ReadonlySet<string> = new Set(['repeated', 'otherTags', 'fields']);

/** Of Zipkin's endpoints: the attributes as which they leave by OTLP. */
export const ENDPOINTS: ReadonlyMap<string, Readonly<Record<string, string>>> = new Map([
  ['localEndpoint', { ipv4: 'net.host.ip', ipv6: 'net.host.ip', port: 'net.host.port' }],
  ['remoteEndpoint', { serviceName: 'peer.service', ipv4: 'net.peer.ip', ipv6: 'net.peer.ip', port: 'net.peer.port' }],
]);
