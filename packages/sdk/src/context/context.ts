import { Entity } from '../document/entity.ts';
import { Segment } from '../document/segment.ts';
import { Subsegment } from '../document/subsegment.ts';
import { isRecord } from '../objects.ts';
import { getLogger } from '../logger.ts';
import { Namespace } from './namespace.ts';

export type SegmentLike = Segment | Subsegment;
export type ContextMissingStrategy = 'LOG_ERROR' | 'RUNTIME_ERROR' | 'IGNORE_ERROR' | ((message: string) => void);

const SEGMENT = 'segment';
/** In manual mode: what `withSegment` was given. */
const GIVEN = 'givenSegment';
const namespace = new Namespace('AWSXRay');

const STRATEGIES: Readonly<Record<string, (message: string) => void>> = {
  RUNTIME_ERROR: (message) => {
    throw new Error(message);
  },
  LOG_ERROR: (message) => {
    getLogger().error(new Error(message).stack);
  },
  IGNORE_ERROR: () => {},
};

let automatic = !process.env['AWS_XRAY_MANUAL_MODE'];
let contextMissing = readEnvironment(process.env['AWS_XRAY_CONTEXT_MISSING']);
/** In Lambda: the segment of the invocation that runs now. */
let invocation: (() => Segment | undefined) | undefined;

export function getNamespace(): Namespace {
  return namespace;
}

/** Automatic mode: what runs now belongs to it. Manual mode: what is given. */
export function resolveSegment(segment?: SegmentLike | null): SegmentLike | undefined {
  if (automatic) return getSegment();
  if (segment) return segment;
  missContext('No sub/segment specified. A sub/segment must be provided for manual mode.');
  return undefined;
}

/** Manual mode: takes the segment out of a call's parameters. */
export function resolveManualSegmentParams(params?: object | null): SegmentLike | undefined {
  if (!params || automatic || !isRecord(params)) return undefined;
  const given = params['XRaySegment'] ?? params['XraySegment'];
  if (isSegmentLike(given)) {
    delete params['XRaySegment'];
    delete params['XraySegment'];
    return given;
  }
  const segment = params['Segment'];
  if (!isSegmentLike(segment)) return undefined;
  delete params['Segment'];
  return segment;
}

export function getSegment(): SegmentLike | undefined {
  if (!automatic) {
    missContext('Cannot get sub/segment from context. Not supported in manual mode.');
    return undefined;
  }
  const found = currentSegment();
  if (found === undefined && invocation === undefined) {
    missContext('Failed to get the current sub/segment from the context.');
  }
  return found;
}

/** As `getSegment`, but nobody is told when there is none. */
export function currentSegment(): SegmentLike | undefined {
  const found = namespace.get(SEGMENT);
  if (invocation !== undefined && (found === undefined || (found instanceof Segment && found.facade)))
    return invocation();
  return found instanceof Entity && isSegmentLike(found) ? found : undefined;
}

export function setSegment(segment: SegmentLike | undefined): void {
  if (automatic) namespace.set(SEGMENT, segment);
  else missContext('Cannot set sub/segment on context. Not supported in manual mode.');
}

export function runWithSegment<T>(segment: SegmentLike, fn: () => T): T {
  return automatic ? namespace.runWith(SEGMENT, segment, fn) : fn();
}

/**
 * What `fn` starts belongs to `segment`: in manual mode the calls of captured Redis and MongoDB clients and of brokers, in automatic mode
 * everything.
 */
export function withSegment<T>(segment: SegmentLike, fn: () => T): T {
  return namespace.runWith(automatic ? SEGMENT : GIVEN, segment, fn);
}

/** As `currentSegment`; in manual mode that of `withSegment`. */
export function currentOrGiven(): SegmentLike | undefined {
  if (automatic) return currentSegment();
  const given = namespace.get(GIVEN);
  return isSegmentLike(given) ? given : undefined;
}

export function isAutomaticMode(): boolean {
  return automatic;
}

export function enableAutomaticMode(): void {
  automatic = true;
  getLogger().debug('Overriding AWS X-Ray SDK mode. Set to automatic mode.');
}

export function enableManualMode(): void {
  if (invocation !== undefined) {
    getLogger().warn('AWS Lambda does not support AWS X-Ray manual mode.');
    return;
  }
  automatic = false;
  getLogger().debug('Overriding AWS X-Ray SDK mode. Set to manual mode.');
}

/** @throws Error for an unknown strategy. `AWS_XRAY_CONTEXT_MISSING` beats it. */
export function setContextMissingStrategy(strategy: ContextMissingStrategy): void {
  if (process.env['AWS_XRAY_CONTEXT_MISSING']) {
    getLogger().warn('Ignoring call to setContextMissingStrategy as AWS_XRAY_CONTEXT_MISSING is set.');
  } else if (typeof strategy === 'function') contextMissing = strategy;
  else if (typeof strategy === 'string') contextMissing = findStrategy(strategy);
  else throw new TypeError('Context missing strategy must be either a string or a custom function.');
}

/** There is no segment where one is needed: what happens is the strategy's business. */
export function missContext(message: string): void {
  contextMissing(message);
}

export function setInvocationSource(source: () => Segment | undefined): void {
  invocation = source;
  automatic = true;
}

function isSegmentLike(value: unknown): value is SegmentLike {
  return value instanceof Segment || value instanceof Subsegment;
}

function findStrategy(name: string): (message: string) => void {
  const upper = name.toUpperCase();
  const strategy = Object.hasOwn(STRATEGIES, upper) ? STRATEGIES[upper] : undefined;
  if (strategy === undefined) {
    const valid = Object.keys(STRATEGIES).join(',');
    throw new Error(`Invalid context missing strategy: ${name}. Valid values are ${valid}.`);
  }
  return strategy;
}

/** A slip in the environment must not keep a program from starting. */
function readEnvironment(name: string | undefined): (message: string) => void {
  try {
    return findStrategy(name || 'LOG_ERROR');
  } catch (error) {
    getLogger().error(`AWS_XRAY_CONTEXT_MISSING: ${error instanceof Error ? error.message : String(error)}`);
    return findStrategy('LOG_ERROR');
  }
}
