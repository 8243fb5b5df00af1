import type { DatagramProblem, UnprocessedSegment, XrayUdpEvents } from '@fluoroscope/pipeline/xray';
import { countOfError, noCalls, noIntake, type EndpointCounts, type IntakeCounts } from './counters.ts';
import { WARNING_INTERVAL_MS } from './limits.ts';
import type { Log } from './log.ts';

/** Where the daemon logs and counts, for one endpoint. Nothing of it throws. */
export interface UpstreamEvents {
  readonly batchSent: (segments: number, seconds: number, unprocessed: number) => void;
  readonly segmentsUnprocessed: (unprocessed: readonly RefusedSegment[]) => void;
  /** No answer. */
  readonly callFailed: (error: unknown) => void;
  readonly callRefused: (status: number, code: string | null) => void;
  /** The endpoint will never take them. */
  readonly segmentsRefused: (segments: number, status: number) => void;
  /** Lost: there was no room. */
  readonly segmentsSpilled: (segments: number) => void;
  readonly spoolFailed: (segments: number, error: unknown) => void;
  readonly spoolDamaged: (file: string) => void;
  readonly endpointAway: () => void;
  readonly endpointBack: () => void;
}

/** `traceId` of the document that was sent, null when it has none to be found. */
export type RefusedSegment = UnprocessedSegment & { readonly traceId: string | null };

export interface EndpointReport {
  readonly events: UpstreamEvents;
  /** Since the last time it was asked. */
  readonly take: () => EndpointCounts;
}

export function reportEndpoint(log: Log, name: string): EndpointReport {
  let counts = noCalls();
  const warnSpill = sometimes((times) => log.write('warn', `Spilling over ${times} segments of ${name}`));
  const events: UpstreamEvents = {
    batchSent(segments, seconds, unprocessed) {
      counts.sent += segments;
      const [how, but] =
        unprocessed === 0 ? ['Successfully sent', ''] : ['Sent', `but had ${unprocessed} Unprocessed segments `];
      log.write('info', `${how} batch of ${segments} segments ${but}(${seconds.toFixed(3)} seconds)`);
    },
    segmentsUnprocessed(unprocessed) {
      counts.sent -= unprocessed.length;
      counts.rejected += unprocessed.length;
      for (const { id, traceId, code, message } of unprocessed) {
        const of = traceId === null ? 'Unprocessed segment' : `Unprocessed trace ${traceId}, segment`;
        log.write('error', `${of}: ${id ?? 'without id'} ${code} ${message}`);
      }
    },
    callFailed(error) {
      counts[countOfError(error)] += 1;
      log.write('debug', `${name}: ${textOf(error)}`);
    },
    callRefused(status, code) {
      if (status >= 500) counts.status5xx += 1;
      else counts.status4xx += 1;
      log.write('error', `${name} answered ${status}${code === null ? '' : ` ${code}`}`);
    },
    segmentsRefused(segments, status) {
      counts.rejected += segments;
      log.write('error', `${name} will not take a batch of ${segments} segments (${status}): they are dropped`);
    },
    segmentsSpilled(segments) {
      counts.spilled += segments;
      warnSpill(segments);
    },
    spoolFailed(segments, error) {
      counts.spilled += segments;
      log.write('error', `the spool of ${name} failed, ${segments} segments are dropped: ${textOf(error)}`);
    },
    spoolDamaged: (file) => log.write('error', `the spool of ${name} is damaged in ${file}: some segments are lost`),
    endpointAway: () => log.write('warn', `${name} is away: segments are kept until it is back`),
    endpointBack: () => log.write('info', `${name} is back`),
  };
  return {
    events,
    take() {
      const taken = counts;
      counts = noCalls();
      return taken;
    },
  };
}

export interface IntakeReport {
  readonly events: XrayUdpEvents & {
    /** The memory for segments is in use. */
    readonly segmentDropped: () => void;
    readonly datagramsLostInKernel: (count: number) => void;
  };
  readonly take: () => IntakeCounts;
  readonly hasReceived: () => boolean;
}

export function reportIntake(log: Log): IntakeReport {
  let counts = noIntake();
  let hasReceived = false;
  const warnFull = sometimes((times) =>
    log.write('warn', `Segment dropped. Consider increasing memory limit (${times} segments)`),
  );
  let lastProblem = '';
  const warnRefused = sometimes((times) => log.write('warn', `${lastProblem} (${times} segments)`));
  const reject = (problem: string): void => {
    counts.rejected += 1;
    lastProblem = problem;
    warnRefused(1);
  };
  return {
    events: {
      datagramReceived(_sizeBytes, documents) {
        counts.received += documents;
        hasReceived = true;
      },
      datagramRefused: (problem) => reject(aboutDatagram(problem)),
      deliveryFailed: (error) => reject(`A segment could not be taken: ${textOf(error)}`),
      socketFailed: (error) => log.write('error', `UDP socket: ${textOf(error)}`),
      segmentDropped() {
        counts.spilled += 1;
        warnFull(1);
      },
      datagramsLostInKernel(count) {
        counts.spilled += count;
        log.write('warn', `the kernel dropped ${count} datagrams: raise --receive-buffer and net.core.rmem_max`);
      },
    },
    take() {
      const taken = counts;
      counts = noIntake();
      return taken;
    },
    hasReceived: () => hasReceived,
  };
}

function aboutDatagram({ code, message }: DatagramProblem): string {
  const kind = code === 'bad-header' ? 'Invalid header' : 'Missing header or segment';
  return `${kind}: ${message}`;
}

/** Gathers what happens within an interval into one line, so that a flood does not fill the log. */
function sometimes(tell: (times: number) => void): (times: number) => void {
  let toldAtMs = -Infinity;
  let untold = 0;
  return (times) => {
    untold += times;
    const nowMs = performance.now();
    if (nowMs - toldAtMs < WARNING_INTERVAL_MS) return;
    toldAtMs = nowMs;
    tell(untold);
    untold = 0;
  };
}

export function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // A connection to several addresses of one name fails with an empty message.
  const code: unknown = Reflect.get(error, 'code');
  return error.message || (typeof code === 'string' ? code : error.name);
}
