import type { IncomingRequestData } from '../middleware/incoming-request-data.ts';
import { newTraceIdText } from '../ids.ts';
import { getLogger } from '../logger.ts';
import { SegmentUtils } from '../segment-utils.ts';
import { sendEntity } from '../send/emitter.ts';
import { TRACE_ID_CHARS, traceIdFor } from '../trace-id.ts';
import { Entity, type Root } from './entity.ts';
import { encodeSegment } from './encode.ts';
import { attach, Subsegment } from './subsegment.ts';

/** A segment's `aws`. */
export interface AwsData {
  xray?: Record<string, unknown>;
  [key: string]: unknown;
}

/** What one service did for one request. */
export class Segment extends Entity implements Root {
  parent_id: string | undefined = undefined;
  origin: string | undefined = SegmentUtils.origin;
  user: string | undefined = undefined;
  service: object | undefined = SegmentUtils.serviceData;
  resource_arn: string | undefined = undefined;
  /** What the caller's header carried beyond the known keys. */
  additionalTraceData: object | undefined = undefined;
  exception: Root['exception'] = undefined;
  finished = 0;
  /** Made by the SDK where AWS Lambda sends the segment itself. */
  readonly facade: boolean = false;
  /** What a trace id is made of when it is first read: the caller's, or the second in which the segment began. */
  readonly #root: string | number;
  #traceId: string | undefined = undefined;
  #ownAws: AwsData | undefined = undefined;
  #rule: string | undefined = undefined;
  #sent = false;

  constructor(name: string, rootId?: string | null, parentId?: string | null) {
    super(name, 'Segment');
    this.#root = rootId || Math.floor(this.start_time);
    // What is wrong is told at once.
    if (rootId && rootId.length !== TRACE_ID_CHARS) this.#traceId = traceIdFor(rootId);
    if (parentId) this.parent_id = parentId;
  }

  get trace_id(): string {
    return (this.#traceId ??= typeof this.#root === 'string' ? traceIdFor(this.#root) : newTraceIdText(this.#root));
  }

  set trace_id(id: string) {
    this.#traceId = id;
  }

  rootOf(): Segment {
    return this;
  }

  /** The process's plugins and SDK, until this segment is given something else. */
  get aws(): AwsData | undefined {
    if (this.#ownAws === undefined) {
      const xray = SegmentUtils.sdkData === undefined && this.#rule === undefined ? undefined : xrayOf(this.#rule);
      const shared: AwsData = { ...SegmentUtils.pluginData };
      if (xray !== undefined) shared.xray = xray;
      if (Object.keys(shared).length > 0) this.#ownAws = shared;
    }
    return this.#ownAws;
  }

  set aws(data: AwsData | undefined) {
    this.#ownAws = data;
  }

  /** What `encode` needs to write the shared part from its cache; `own` when this segment has its own. */
  awsParts(): { readonly own: AwsData | undefined; readonly rule: string | undefined } {
    return { own: this.#ownAws, rule: this.#rule };
  }

  addIncomingRequestData(data: IncomingRequestData): void {
    this.http = data;
  }

  setUser(user: string): void {
    if (typeof user === 'string') this.user = user;
    else getLogger().error(`Set user: ${String(user)} failed. User IDs must be of type string.`);
  }

  setSDKData(data: object): void {
    if (!data) getLogger().error(`Add SDK data: ${String(data)} failed. Must not be empty.`);
    else this.#ownAws = { ...this.aws, xray: { ...data } };
  }

  setMatchedSamplingRule(ruleName: string): void {
    this.#rule = ruleName;
    if (this.#ownAws !== undefined)
      this.#ownAws = { ...this.#ownAws, xray: { ...this.#ownAws.xray, rule_name: ruleName } };
  }

  setServiceData(data: object): void {
    if (!data) getLogger().error(`Add service data: ${String(data)} failed. Must not be empty.`);
    else this.service = data;
  }

  addPluginData(data: object): void {
    this.#ownAws = { ...this.aws, ...data };
  }

  addNewSubsegment(name: string): Subsegment {
    const subsegment = new Subsegment(name);
    attach(this, subsegment, this);
    return subsegment;
  }

  addSubsegment(subsegment: Subsegment): void {
    attach(this, subsegment, this);
  }

  /** Keeps the first end. Sent once nothing in it is open; a second call sends nothing again. */
  close(error?: unknown, remote?: boolean): void {
    this.end_time ??= SegmentUtils.getCurrentTime();
    if (error !== undefined && error !== null) this.addError(error, remote);
    this.in_progress = undefined;
    this.exception = undefined;
    if (this.counter <= 0 && !this.#sent) this.flush();
  }

  flush(): void {
    this.#sent = true;
    if (this.notTraced !== true) sendEntity(this);
  }

  attached(subsegment: Subsegment): void {
    subsegment.late = this.#sent;
    if (subsegment.isClosed()) this.settle(subsegment);
    else if (this.finished > 0 && this.counter + this.finished > SegmentUtils.streamingThreshold) streamFinished(this);
  }

  settle(from: Entity): void {
    let top: Subsegment | undefined;
    for (let at: Entity | undefined = from; at instanceof Subsegment; at = at.parent) {
      if (!at.isClosed() || at.counter > 0 || at.sentAlone || (this.#sent && !at.late)) break;
      this.finished += 1;
      top = at;
    }
    if (this.isClosed() && this.counter <= 0 && !this.#sent && !this.facade) {
      this.flush();
      return;
    }
    if (top === undefined) return;
    const { parent } = top;
    if (this.#sent || this.facade || (parent instanceof Subsegment && parent.sentAlone)) streamOne(this, top);
    else if (this.counter + this.finished > SegmentUtils.streamingThreshold) {
      if (parent === this && this.finished === countOf(top)) streamOne(this, top);
      else streamFinished(this);
    }
  }

  format(): string {
    return encodeSegment(this);
  }

  serialize(segment: Segment = this): string {
    return encodeSegment(segment);
  }

  toJSON(): Record<string, unknown> {
    return JSON.parse(this.serialize());
  }
}

function xrayOf(rule: string | undefined): Record<string, unknown> {
  return rule === undefined ? { ...SegmentUtils.sdkData } : { ...SegmentUtils.sdkData, rule_name: rule };
}

function streamOne(segment: Segment, finished: Subsegment): void {
  segment.finished -= countOf(finished);
  finished.flush();
  finished.parent?.removeSubsegment(finished);
}

function streamFinished(segment: Segment): void {
  segment.subsegments = segment.subsegments?.filter((child) => child.streamSubsegments() !== true);
  segment.finished = 0;
}

function countOf(subsegment: Subsegment): number {
  let count = 1;
  for (const child of subsegment.subsegments ?? []) count += countOf(child);
  return count;
}
