import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from '../bare-http.ts';
import { getNamespace } from '../context/context.ts';
import { Segment } from '../document/segment.ts';
import { getCauseTypeFromHttpStatus, stripQueryStringFromPath } from '../http-facts.ts';
import { getLogger } from '../logger.ts';
import { isRecord } from '../objects.ts';
import { centralSampler } from '../sampling/central-sampler.ts';
import { localSampler } from '../sampling/local-sampler.ts';
import type { RulesConfig } from '../sampling/local-rules.ts';
import type { Sampler } from '../sampling/sampler.ts';
import { wildcardMatch } from '../sampling/wildcard.ts';
import { processTraceData, type TraceData } from '../trace-data.ts';
import { IncomingRequestData } from './incoming-request-data.ts';

const TRACE_HEADER = 'x-amzn-trace-id';
/** Beats every name in code. */
const NAME_OF_ENVIRONMENT: string | undefined = process.env['AWS_XRAY_TRACING_NAME'] || undefined;
const NAME_WHEN_NONE = 'node';

/** What a response has for us; Express's is one. */
export interface ResponseLike {
  readonly req?: Pick<IncomingMessage, 'headers' | 'method' | 'url'>;
  readonly headersSent?: boolean;
  setHeader?(name: string, value: string): unknown;
  header?(name: string, value: string): unknown;
}

export interface Middleware {
  defaultName: string | undefined;
  dynamicNaming: boolean;
  hostPattern: string | null;
  sampler: Sampler;
  /** Segments are named after the Host header, when it matches. */
  enableDynamicNaming(hostPattern?: string): void;
  /** The trace header of a request; empty when there is none. */
  processHeaders(request?: Partial<Pick<IncomingMessage, 'headers'>>): TraceData;
  resolveName(host?: string): string;
  /** Decides whether the segment is sampled, and tells the caller when it asked. */
  resolveSampling(header: TraceData, segment: Segment, response: ResponseLike): void;
  setDefaultName(name: string): void;
  disableCentralizedSampling(): void;
  /** A path to a file of rules, or the rules. */
  setSamplingRules(source: string | RulesConfig): void;
  middlewareLog(message: string, url: string | undefined, segment: Segment): void;
  /** Opens a segment for a request; it closes with the response. */
  traceRequestResponseCycle(request: IncomingMessage, response: ServerResponse): Segment;
  IncomingRequestData: typeof IncomingRequestData;
}

export const middleware: Middleware = {
  defaultName: NAME_OF_ENVIRONMENT,
  dynamicNaming: false,
  hostPattern: null,
  sampler: centralSampler,
  IncomingRequestData,

  enableDynamicNaming(hostPattern) {
    if (hostPattern && typeof hostPattern !== 'string') throw new TypeError('Host pattern must be a string.');
    middleware.dynamicNaming = true;
    middleware.hostPattern = hostPattern || null;
  },

  processHeaders(request) {
    const header = request?.headers?.[TRACE_HEADER];
    return processTraceData(Array.isArray(header) ? header[0] : header);
  },

  resolveName(host) {
    const { dynamicNaming, hostPattern, defaultName = NAME_WHEN_NONE } = middleware;
    if (!dynamicNaming || !host) return defaultName;
    return hostPattern === null || wildcardMatch(hostPattern, host) ? host : defaultName;
  },

  resolveSampling(header, segment, response) {
    const isDecided = header.sampled === '1' || header.sampled === '0';
    if (isDecided) middleware.sampler.begin?.();
    const decision = isDecided ? header.sampled === '1' : decide(segment, response);
    if (typeof decision === 'string') segment.setMatchedSamplingRule(decision);
    if (decision === false) segment.notTraced = true;
    if (header.sampled !== '?' || response.headersSent === true) return;
    const answer = `Root=${segment.trace_id};Sampled=${decision === false ? '0' : '1'}`;
    if (typeof response.setHeader === 'function') response.setHeader(TRACE_HEADER, answer);
    else if (typeof response.header === 'function') response.header(TRACE_HEADER, answer);
  },

  setDefaultName(name) {
    if (NAME_OF_ENVIRONMENT === undefined) middleware.defaultName = name;
  },

  disableCentralizedSampling() {
    middleware.sampler = localSampler;
  },

  setSamplingRules(source) {
    if (!source || !(typeof source === 'string' || isRecord(source))) {
      throw new TypeError(
        'Please specify a path to the local sampling rules file, or supply an object containing the rules.',
      );
    }
    middleware.sampler.setLocalRules(source);
  },

  middlewareLog(message, url, segment) {
    getLogger().debug(
      `${message}: { url: ${url}, name: ${segment.name}, trace_id: ${segment.trace_id}, id: ${segment.id}, sampled: ${segment.notTraced !== true} }`,
    );
  },

  traceRequestResponseCycle: (request, response) => traceRequest(request, response, request.headers.host),
};

/** As `traceRequestResponseCycle`, with the host that a framework tells, which may be a proxy's word. */
export function traceRequest(request: IncomingMessage, response: ServerResponse, host: string | undefined): Segment {
  const header = middleware.processHeaders(request);
  const segment = new Segment(middleware.resolveName(host), header.root, header.parent);
  middleware.resolveSampling(header, segment, response.req === request ? response : withRequest(response, request));
  const data = new IncomingRequestData(request);
  segment.addIncomingRequestData(data);
  let open = true;
  const end = (): void => {
    if (!open) return;
    open = false;
    // Nobody was told of the status of a response that was never begun.
    if (response.headersSent) noteResponse(segment, data, response);
    segment.close();
  };
  // Not `once`: the response ends with them, and taking a listener off costs more than it is worth.
  addEnd(response, 'finish', end);
  addEnd(response, 'close', end);
  // The client went away before we were asked: nothing more is to come. What the caller does with the segment comes first.
  if (response.destroyed || response.writableFinished) queueMicrotask(end);
  return segment;
}

/** A bound response would look for the context of a listener that needs none. */
function addEnd(response: ServerResponse, event: 'finish' | 'close', end: () => void): void {
  if (getNamespace().isBound(response)) EventEmitter.prototype.on.call(response, event, end);
  else response.on(event, end);
}

function noteResponse(segment: Segment, data: IncomingRequestData, response: ServerResponse): void {
  const { statusCode } = response;
  if (statusCode === 429) segment.addThrottleFlag();
  const kind = getCauseTypeFromHttpStatus(statusCode);
  if (kind === 'error') segment.addErrorFlag();
  if (kind === 'fault') segment.addFaultFlag();
  if (segment.notTraced !== true)
    data.close({ statusCode, headers: { 'content-length': response.getHeader('content-length') } });
}

/** A response that does not know its request, such as a test's. */
function withRequest(response: ServerResponse, req: IncomingMessage): ResponseLike {
  return { req, headersSent: response.headersSent, setHeader: (name, value) => response.setHeader(name, value) };
}

/** The rule's name, or yes, or no. */
function decide(segment: Segment, { req }: ResponseLike): string | boolean {
  return middleware.sampler.shouldSample({
    host: req?.headers.host,
    httpMethod: req?.method,
    urlPath: stripQueryStringFromPath(req?.url),
    serviceName: segment.name,
  });
}
