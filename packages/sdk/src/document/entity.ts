import { newEntityId } from '../ids.ts';
import { getLogger } from '../logger.ts';
import type { RemoteRequestData } from '../remote-request-data.ts';
import { SegmentUtils } from '../segment-utils.ts';
import type { SqlData } from '../sql-data.ts';
import { captureExceptions, type CapturedException } from './captured-exception.ts';
import type { Subsegment } from './subsegment.ts';

export type AnnotationValue = string | number | boolean;

export interface Cause {
  /** The subsegment that holds the exceptions, when they were recorded deeper. */
  id?: string;
  working_directory?: string;
  exceptions?: CapturedException[];
}

/** What an entity needs of the segment that it belongs to. */
export interface Root extends Entity {
  readonly trace_id: string;
  /** The last recorded error and the subsegment that has it, so that rethrown errors are recorded once. */
  exception: { readonly error: unknown; readonly holder: string } | undefined;
  /** Some subsegment was closed, or an ancestor came to have none open. */
  settle(from: Entity): void;
  /** Subsegments that are finished with all that is in them and still held: they could be sent on their own. */
  finished: number;
}

/** What segments and subsegments have in common. */
export abstract class Entity {
  #id: string | undefined = undefined;
  name: string;
  start_time: number = SegmentUtils.getCurrentTime();
  end_time: number | undefined = undefined;
  in_progress: boolean | undefined = true;
  /** Open subsegments below, at any depth. */
  counter = 0;
  subsegments: Subsegment[] | undefined = undefined;
  /** Not sampled: recorded by nobody, sent nowhere. */
  notTraced: boolean | undefined = undefined;
  /** Trace headers are not even passed on. */
  noOp: boolean | undefined = undefined;
  parent: Entity | undefined = undefined;
  annotations: Record<string, AnnotationValue> | undefined = undefined;
  metadata: Record<string, Record<string, unknown>> | undefined = undefined;
  error: boolean | undefined = undefined;
  fault: boolean | undefined = undefined;
  throttle: boolean | undefined = undefined;
  cause: Cause | undefined = undefined;
  http: RemoteRequestData | object | undefined = undefined;
  sql: SqlData | object | undefined = undefined;
  links: readonly object[] | undefined = undefined;
  /** What `addAttribute` was given beyond the fields. */
  extras: Record<string, unknown> | undefined = undefined;

  constructor(name: string, kind: string) {
    if (typeof name !== 'string') throw new TypeError(`${kind} name must be of type string.`);
    this.name = name;
  }

  /** 16 hexadecimal digits. Made when it is first read: what is not sampled seldom needs one. */
  get id(): string {
    return (this.#id ??= newEntityId());
  }

  set id(id: string) {
    this.#id = id;
  }

  /** Null for a subsegment that belongs to no segment yet. */
  abstract rootOf(): Root | undefined;
  abstract addNewSubsegment(name: string): Subsegment;
  abstract addSubsegment(subsegment: Subsegment): void;
  abstract close(error?: unknown, remote?: boolean): void;
  abstract flush(): void;
  abstract format(): string;

  addNewSubsegmentWithoutSampling(name: string): Subsegment {
    const subsegment = this.addNewSubsegment(name);
    subsegment.notTraced = true;
    return subsegment;
  }

  addSubsegmentWithoutSampling(subsegment: Subsegment): void {
    this.addSubsegment(subsegment);
    subsegment.notTraced = true;
  }

  removeSubsegment(subsegment: Subsegment): void {
    const at = this.subsegments?.indexOf(subsegment) ?? -1;
    if (at >= 0) this.subsegments?.splice(at, 1);
  }

  /** Indexed: a text, a number or a boolean. Others are refused with a log line. */
  addAnnotation(key: string, value: AnnotationValue): void {
    if (typeof key !== 'string') refuse(this, 'annotation', key, value, 'Key must be of type string.');
    else if (typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) {
      if (this.notTraced === true) return;
      this.annotations ??= {};
      this.annotations[key] = value;
    } else refuse(this, 'annotation', key, value, 'Value must be of type string, number or boolean.');
  }

  /** Not indexed: any value. */
  addMetadata(key: string, value: unknown, namespace?: string): void {
    if (typeof key !== 'string') refuse(this, 'metadata', key, value, 'Key must be of type string.');
    else if (namespace && typeof namespace !== 'string') {
      refuse(this, 'metadata', key, value, 'Namespace must be of type string.');
    } else if (this.notTraced !== true && namespace !== '__proto__') {
      this.metadata ??= {};
      const values = (this.metadata[namespace || 'default'] ??= {});
      values[key] = value ?? '';
    }
  }

  addError(error: unknown, remote?: boolean): void {
    if (error === null || (typeof error !== 'object' && typeof error !== 'string')) {
      getLogger().error(`Failed to add error: ${String(error)} to "${this.name}". Not an object or string literal.`);
      return;
    }
    this.addFaultFlag();
    if (this.notTraced === true) return;
    const root = this.rootOf();
    if (root?.exception !== undefined && root.exception.error === error && root.exception.holder !== this.id) {
      this.cause = root.id === this.id ? { id: root.exception.holder } : { id: root.exception.holder, exceptions: [] };
      return;
    }
    if (root !== undefined) root.exception = { error, holder: this.id };
    this.cause ??= { working_directory: process.cwd(), exceptions: [] };
    this.cause.exceptions ??= [];
    this.cause.exceptions.push(...captureExceptions(error, remote));
  }

  addFaultFlag(): void {
    this.fault = true;
  }

  addErrorFlag(): void {
    this.error = true;
  }

  addThrottleFlag(): void {
    this.throttle = true;
  }

  isClosed(): boolean {
    return this.in_progress !== true;
  }

  /** One open subsegment more, with `additional` open ones in it; here and in all that is above. */
  incrementCounter(additional = 0): void {
    this.counter += additional + 1;
    for (let at = this.parent; at !== undefined; at = at.parent) at.counter += additional + 1;
  }

  /** The other way round. May send what is finished now. */
  decrementCounter(): void {
    this.counter -= 1;
    for (let at = this.parent; at !== undefined; at = at.parent) at.counter -= 1;
    this.rootOf()?.settle(this);
  }

  toString(): string {
    return this.serialize();
  }

  abstract serialize(): string;
}

function refuse(entity: Entity, what: string, key: unknown, value: unknown, why: string): void {
  getLogger().error(`Failed to add ${what} key: ${String(key)} value: ${String(value)} to "${entity.name}". ${why}`);
}
