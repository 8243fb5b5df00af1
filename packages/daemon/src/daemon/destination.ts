import { join } from 'node:path';
import {
  findHomeFolder,
  createCredentialCache,
  loadCredentials,
  PUT_TRACE_SEGMENTS_PATH,
  type CredentialCache,
} from '@fluoroscope/pipeline/xray';
import { DaemonError } from './daemon-error.ts';
import { createEndpoint, printUserAgent, type Endpoint } from './endpoint.ts';
import { reportEndpoint, textOf, type EndpointReport } from './events.ts';
import type { HttpClient } from './http-client.ts';
import { CALL_TIMEOUT_MS } from './limits.ts';
import type { Log } from './log.ts';
import { readText, type Surroundings } from './surroundings.ts';
import type { DaemonSettings } from './settings.ts';
import { openSpool, type Spool } from '../spool/spool.ts';
import { createTelemetry, TELEMETRY_PATH, type Reporter, type Telemetry } from './telemetry.ts';
import { createUpstream, type Upstream } from './upstream.ts';

/** One endpoint with all that is kept for it. Disposed, it puts away what it has not sent. */
export interface Destination extends AsyncDisposable {
  readonly endpoint: Endpoint;
  readonly upstream: Upstream;
  readonly report: EndpointReport;
  readonly telemetry: Telemetry;
}

export interface DestinationOptions {
  readonly url: URL;
  readonly profile: string | null;
  readonly roleArn: string | null;
  /** Of its spool, in the daemon's. */
  readonly folder: string;
  readonly region: string;
  readonly bufferBytes: number;
  readonly reporter: () => Promise<Reporter>;
  readonly client: HttpClient;
  readonly version: string;
  readonly settings: DaemonSettings;
  readonly surroundings: Surroundings;
  readonly log: Log;
}

export async function openDestination(options: DestinationOptions): Promise<Destination> {
  const { url, region, client, version, settings, surroundings, log, reporter, bufferBytes } = options;
  const endpoint = createEndpoint({
    url,
    region,
    credentials: credentialsFor(options),
    client,
    userAgent: printUserAgent(version, surroundings.environment),
    nowMs: Date.now,
  });
  const report = reportEndpoint(log, endpoint.name);
  const spool = await openSpoolFor(options, report);
  const upstream = createUpstream({
    put: (body, signal) => endpoint.call({ path: PUT_TRACE_SEGMENTS_PATH, body, timeoutMs: CALL_TIMEOUT_MS, signal }),
    concurrency: settings.concurrency,
    waitingBytesMax: bufferBytes / 2,
    spool,
    events: report.events,
  });
  const telemetry = createTelemetry({
    put: async (body) => (await endpoint.call({ path: TELEMETRY_PATH, body, timeoutMs: CALL_TIMEOUT_MS })).status < 300,
    reporter,
  });
  return {
    endpoint,
    upstream,
    report,
    telemetry,
    async [Symbol.asyncDispose]() {
      await upstream.stop();
      await spool?.[Symbol.asyncDispose]();
    },
  };
}

function credentialsFor({ profile, roleArn, region, surroundings, log }: DestinationOptions): CredentialCache {
  const { environment, ask } = surroundings;
  const cache = createCredentialCache({
    load: () =>
      loadCredentials({
        profile,
        roleArn,
        region,
        environment,
        ask,
        readText,
        homeFolder: findHomeFolder(),
        nowMs: Date.now,
      }),
    failed: (error) => log.write('error', `credentials: ${textOf(error)}`),
    nowMs: Date.now,
  });
  // Asked for now, so that the first call need not wait.
  void cache.current();
  return cache;
}

/** Where nothing can be written, and nobody asked for it, the daemon goes without, as AWS's does. */
async function openSpoolFor(
  { settings, folder, log }: DestinationOptions,
  { events }: EndpointReport,
): Promise<Spool | null> {
  const { spool, udp } = settings;
  if (spool === null) return null;
  // Two daemons of one machine have two ports.
  const dir = join(spool.path, `udp-${udp.port}`, folder);
  try {
    return await openSpool({
      dir,
      bytesMax: spool.bytesMax,
      dropped: events.segmentsSpilled,
      damaged: ({ file }) => events.spoolDamaged(file),
    });
  } catch (cause) {
    if (spool.isChosen) throw new DaemonError(`--spool-path: ${textOf(cause)}`, 1, { cause });
    log.write('warn', `no spool: segments are lost while an endpoint is away (${textOf(cause)})`);
    return null;
  }
}
