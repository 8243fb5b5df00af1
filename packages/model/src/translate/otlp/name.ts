import { cleanName } from '../../clean-entity.ts';
import { familiesOf } from './attribute-key.ts';
import { SPAN_KIND } from './span.ts';
import type { Fields, SpanSource } from './span-fields.ts';

export interface NameAndNamespace {
  readonly name: string;
  /** Of subsegments: `aws`, `remote` or none for local work. */
  readonly namespace: string | undefined;
}

/** The document's name and namespace, in the order of AWS's exporter (XRAY-SPEC §11.1). */
export function nameOf(source: SpanSource, isLocalRoot: boolean): NameAndNamespace {
  const { span, fields, resourceFields, isSegment } = source;
  const service = resourceFields.text('service.name');
  if (span.kind === SPAN_KIND.consumer && isSegment) {
    // Not with AWS, where it is never a segment: what received a message is the service, not the queue.
    return named(fields.text('aws.local.service') ?? service, span.name, undefined);
  }
  if (fields.lacks(WITH_NAMES)) {
    const isCall = !isSegment && span.kind === SPAN_KIND.client;
    return named(span.kind === SPAN_KIND.server ? service : undefined, span.name, isCall ? 'remote' : undefined);
  }
  const isAwsCall = fields.text('rpc.system') === 'aws-api';
  const remote = REMOTE_KINDS.has(span.kind) ? fields.text('aws.remote.service') : undefined;
  const before =
    (isLocal(span.kind, isLocalRoot) ? fields.text('aws.local.service') : undefined) ??
    (isAwsCall ? remote?.replace(/^AWS(?:\.SDK\.|::)/, '') : remote) ??
    fields.text('peer.service');
  const aws = before === undefined ? fields.text('aws.service') : undefined;
  // With AWS a producer is work unless `aws.remote.service` is there; but what it sends to is a node, by these attributes.
  const isMessage =
    span.kind === SPAN_KIND.producer &&
    !isAwsCall &&
    aws === undefined &&
    fields.text('messaging.system') !== undefined;
  const name =
    before ??
    aws ??
    databaseName(fields) ??
    (isMessage ? fields.text('messaging.destination.name', 'messaging.destination') : undefined) ??
    (span.kind === SPAN_KIND.server ? service : undefined) ??
    fields.text('rpc.service', 'http.host', 'net.peer.name', 'server.address') ??
    // A model's provider, rather than one node for each operation and model, which is what such spans are named by.
    (span.kind === SPAN_KIND.client ? fields.text('gen_ai.provider.name', 'gen_ai.system') : undefined);
  if (isSegment) return named(name, span.name, undefined);
  const isCall = span.kind === SPAN_KIND.client || remote !== undefined || isMessage;
  return named(name, span.name, isAwsCall || aws !== undefined ? 'aws' : isCall ? 'remote' : undefined);
}

/** Of what a name is made but for the service's and the span's own. */
const WITH_NAMES = familiesOf('aws', 'db', 'gen_ai', 'http', 'messaging', 'net', 'peer', 'rpc', 'server');

function named(name: string | undefined, spanName: string, namespace: string | undefined): NameAndNamespace {
  return { name: cleanName(name ?? spanName) ?? cleanName(spanName) ?? 'span', namespace };
}

const REMOTE_KINDS: ReadonlySet<number> = new Set([SPAN_KIND.client, SPAN_KIND.producer, SPAN_KIND.consumer]);

function isLocal(kind: number, isLocalRoot: boolean): boolean {
  return kind === SPAN_KIND.server || (isLocalRoot && kind <= SPAN_KIND.internal);
}

/** `orders@db.example`: AWS's exporter takes the host out of `db.connection_string` only; the newer names work too. */
function databaseName(fields: Fields): string | undefined {
  const database = fields.text('db.name', 'db.namespace');
  if (database === undefined) return undefined;
  const host = hostOf(fields.text('db.connection_string')) ?? fields.text('server.address');
  return host === undefined ? database : `${database}@${host}`;
}

/** The host of `jdbc:mysql://db.example:3306/orders`. */
function hostOf(connection: string | undefined): string | undefined {
  return /^(?:jdbc:)?[\w+.-]+:\/\/(?:[^@/?#]*@)?(\[[^\]]*\]|[^:/?#;]+)/.exec(connection ?? '')?.[1];
}
