import { fetchDataOf, type FetchRequestFacts, type FetchResponseFacts } from '../capture/fetch-data.ts';
import { RemoteRequestData, type RequestFacts } from '../remote-request-data.ts';
import type { ResponseFacts } from '../http-facts.ts';
import { getLogger } from '../logger.ts';
import { SegmentUtils } from '../segment-utils.ts';
import { sendEntity } from '../send/emitter.ts';
import type { SqlData } from '../sql-data.ts';
import { Entity } from './entity.ts';
import { encodeEmbedded, encodeSubsegment } from './encode.ts';
import type { Segment } from './segment.ts';

const ATTRIBUTES: ReadonlySet<string> = new Set([
  'name',
  'namespace',
  'annotations',
  'metadata',
  'error',
  'fault',
  'throttle',
  'cause',
  'http',
  'sql',
  'aws',
  'links',
  'traced',
  'precursor_ids',
  'start_time',
  'end_time',
  'in_progress',
  'id',
  'notTraced',
  'subsegments',
]);

/** Work inside a segment: a call (`namespace` aws or remote) or something local. */
export class Subsegment extends Entity {
  segment: Segment | undefined = undefined;
  /** `remote`, `aws`, or none for local work. */
  namespace: string | undefined = undefined;
  aws: object | undefined = undefined;
  /** The other side is traced too: the trace is incomplete until its segment arrives. */
  traced: boolean | undefined = undefined;
  precursor_ids: string[] | undefined = undefined;
  /** It went out as a document of its own. */
  sentAlone = false;
  /** It was added after its segment had been sent. */
  late = false;

  constructor(name: string) {
    super(name, 'Subsegment');
    this.notTraced = false;
  }

  rootOf(): Segment | undefined {
    return this.segment;
  }

  addNewSubsegment(name: string): Subsegment {
    const subsegment = new Subsegment(name);
    attach(this, subsegment, this.segment);
    return subsegment;
  }

  addSubsegment(subsegment: Subsegment): void {
    attach(this, subsegment, this.segment);
  }

  /** Any field of a document; what X-Ray does not know it drops. */
  addAttribute(name: string, data: unknown): void {
    if (ATTRIBUTES.has(name)) Reflect.set(this, name, data);
    else {
      this.extras ??= {};
      this.extras[name] = data;
    }
  }

  addPrecursorId(id: string): void {
    if (typeof id !== 'string') {
      getLogger().error(
        `Failed to add id: ${String(id)} to subsegment ${this.name}. Precursor Ids must be of type string.`,
      );
      return;
    }
    this.precursor_ids ??= [];
    this.precursor_ids.push(id);
  }

  addSqlData(sqlData: SqlData | object): void {
    this.sql = sqlData;
  }

  /** @param downstreamTraced the other side sends segments of its own */
  addRemoteRequestData(request: RequestFacts, response?: ResponseFacts | null, downstreamTraced?: boolean): void {
    this.http = new RemoteRequestData(request, response);
    if (downstreamTraced === true) this.traced = true;
  }

  /** The same of a `fetch`: with the port, which tells one service of a host from another. */
  addFetchRequestData(
    request: FetchRequestFacts,
    response?: FetchResponseFacts | null,
    downstreamTraced?: boolean,
  ): void {
    this.http = fetchDataOf(request, response);
    if (downstreamTraced === true) this.traced = true;
  }

  /** A second call only adds its error. */
  close(error?: unknown, remote?: boolean): void {
    if (error) this.addError(error, remote);
    if (this.isClosed()) return;
    this.end_time = SegmentUtils.getCurrentTime();
    this.in_progress = undefined;
    for (let above = this.parent; above !== undefined; above = above.parent) above.counter -= 1;
    this.segment?.settle(this);
  }

  /** Sends this one on its own, with all that is in it. */
  flush(): void {
    const { segment } = this;
    this.sentAlone = true;
    if (this.parent === undefined || segment === undefined) {
      getLogger().error(
        `Failed to flush subsegment: ${this.name}. Subsegment must be added to a segment chain to flush.`,
      );
      return;
    }
    if (segment.trace_id !== '' && segment.notTraced !== true && this.notTraced !== true) sendEntity(this);
    else getLogger().debug(`Ignoring flush on subsegment ${this.id}. Its segment is not sampled or has no trace id.`);
  }

  /** Sends what is finished in here; true when that was all. */
  streamSubsegments(): true | undefined {
    if (this.isClosed() && this.counter <= 0) {
      this.flush();
      return true;
    }
    if (this.subsegments !== undefined) {
      this.subsegments = this.subsegments.filter((child) => child.streamSubsegments() !== true);
    }
    return undefined;
  }

  /** The document when sent on its own. */
  format(): string {
    return encodeSubsegment(this);
  }

  /** The document inside its parent's. */
  serialize(subsegment: Subsegment = this): string {
    return encodeEmbedded(subsegment);
  }

  toJSON(): Record<string, unknown> {
    return JSON.parse(this.serialize());
  }
}

/** @throws Error when it is no subsegment: a slip in the caller's code, not in its data */
export function attach(parent: Entity, subsegment: Subsegment, segment: Segment | undefined): void {
  if (!(subsegment instanceof Subsegment)) {
    throw new TypeError(`Failed to add subsegment: ${String(subsegment)} to "${parent.name}". Not a subsegment.`);
  }
  subsegment.parent = parent;
  subsegment.notTraced = parent.notTraced === true;
  subsegment.noOp = parent.noOp;
  if (subsegment.segment !== segment) adopt(subsegment, segment);
  parent.subsegments ??= [];
  parent.subsegments.push(subsegment);
  const open = subsegment.counter + (subsegment.isClosed() ? 0 : 1);
  if (open > 0) parent.incrementCounter(open - 1);
  segment?.attached(subsegment);
}

function adopt(subsegment: Subsegment, segment: Segment | undefined): void {
  subsegment.segment = segment;
  for (const child of subsegment.subsegments ?? []) adopt(child, segment);
}
