import { totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch } from './batcher.ts';
import { openDestination, type Destination } from './destination.ts';
import { awsEndpoint } from './endpoint.ts';
import { reportIntake, type IntakeReport } from './events.ts';
import { createHttpClient } from './http-client.ts';
import { openIntake, type Intake } from './intake.ts';
import { BUFFER_MB_DEFAULT_MAX, DRAIN_AWAY_MS, DRAIN_MS, LAST_COUNTS_MS, TELEMETRY_INTERVAL_MS } from './limits.ts';
import type { Log } from './log.ts';
import { openSamplingProxy } from './sampling-proxy.ts';
import { BUFFER_MB_MIN, type Address, type DaemonSettings } from './settings.ts';
import { askThrough, chooseRegion, findReporter, type Surroundings } from './surroundings.ts';
import type { Reporter } from './telemetry.ts';

export interface DaemonOptions {
  readonly settings: DaemonSettings;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly version: string;
}

/** The memory that a datagram takes in AWS's daemon; told at start, as it does. */
const AWS_BUFFER_BYTES = 65_536;
const MIB = 1_048_576;

type Close = () => PromiseLike<void> | void;

/** Receives until disposed, which drains. Rejects with a `DaemonError` when the user must change something. */
export async function startDaemon(options: DaemonOptions): Promise<AsyncDisposable> {
  const closers: Close[] = [];
  async function close(): Promise<void> {
    for (let next = closers.pop(); next !== undefined; next = closers.pop()) await next();
  }
  try {
    await open(options, (closer) => closers.push(closer));
  } catch (error) {
    await close();
    throw error;
  }
  return { [Symbol.asyncDispose]: close };
}

/** What is opened last is closed first: intake, then what it feeds. */
async function open({ settings, environment, log, version }: DaemonOptions, later: (close: Close) => void) {
  log.write('info', `Initializing fluoroscope daemon ${version}`);
  const bufferMb = settings.bufferMb ?? defaultBufferMb();
  const bufferBytes = bufferMb * MIB;
  log.write('info', `Using buffer memory limit of ${bufferMb} MB`);
  log.write('info', `${Math.floor(bufferBytes / AWS_BUFFER_BYTES)} segment buffers allocated`);
  warnOfProfiles(environment, log);

  const connectionsMax = settings.concurrency + 1;
  const client = createHttpClient({
    proxy: settings.proxy,
    verifiesCertificates: !settings.noVerifySsl,
    connectionsMax,
  });
  later(() => client[Symbol.dispose]());
  const local = createHttpClient({ proxy: null, verifiesCertificates: true, connectionsMax });
  later(() => local[Symbol.dispose]());
  const surroundings = { environment, ask: askThrough(client, local) };
  const region = await chooseRegion(settings, surroundings);
  log.write('info', `Using region: ${region}`);

  const reporter = reporterOf(settings, surroundings);
  const shared = { region, bufferBytes, reporter, client, version, settings, surroundings, log };
  const url = settings.endpoint ?? awsEndpoint(region, environment);
  const { profile, roleArn, teeEndpoint, teeProfile } = settings;
  const main = await openDestination({ ...shared, url, profile, roleArn, folder: 'main' });
  later(() => main[Symbol.asyncDispose]());
  const destinations = [main];
  if (teeEndpoint !== null) {
    const tee = { url: teeEndpoint, profile: teeProfile, roleArn: null, folder: 'tee' };
    const second = await openDestination({ ...shared, ...tee });
    later(() => second[Symbol.asyncDispose]());
    destinations.push(second);
  }
  const intakeReport = reportIntake(log);
  later(tellCounts(intakeReport, destinations));
  later(() => drained(destinations));

  const intake = await openIntake({
    at: settings.udp,
    receiveBufferBytes: settings.receiveBufferBytes,
    bufferBytesMax: bufferBytes,
    onBatch: (batch, release) => offerAll(destinations, batch, release),
    events: intakeReport.events,
  });
  later(() => intake[Symbol.asyncDispose]());
  log.write('info', `HTTP Proxy server using X-Ray Endpoint : ${url.href.replace(/\/$/, '')}`);
  const proxy = await openSamplingProxy({
    at: settings.tcp,
    endpoint: main.endpoint,
    udpPort: intake.address.port,
    log,
  });
  later(() => proxy[Symbol.asyncDispose]());
  // As AWS's daemon writes it, though every address is of IPv6 too.
  const told = { host: settings.tcp.host || '0.0.0.0', port: proxy.address.port };
  log.write('info', `Starting proxy http server on ${printAddress(told)}`);
  tellIntake(intake, settings, log);
}

function tellIntake(intake: Intake, { receiveBufferBytes }: DaemonSettings, log: Log): void {
  log.write('info', `Listening for segments on ${printAddress(intake.address)}`);
  if (intake.receiveBufferBytes >= receiveBufferBytes) return;
  const kib = (bytes: number): string => `${Math.floor(bytes / 1_024)} KiB`;
  log.write(
    'warn',
    `the kernel gave the UDP socket a buffer of ${kib(intake.receiveBufferBytes)}, not ${kib(receiveBufferBytes)}: bursts may be dropped (and counted); on Linux raise net.core.rmem_max`,
  );
}

/** Each minute, and when closed. */
function tellCounts(intake: IntakeReport, destinations: readonly Destination[]): Close {
  async function tell(): Promise<void> {
    if (!intake.hasReceived()) return;
    const counts = intake.take();
    const told = destinations.map(({ telemetry, report }) => {
      telemetry.add(counts, report.take(), Date.now());
      return telemetry.post();
    });
    await Promise.all(told);
  }
  const timer = setInterval(() => void tell(), TELEMETRY_INTERVAL_MS);
  return async () => {
    clearInterval(timer);
    await Promise.race([tell(), sleep(LAST_COUNTS_MS, undefined, { ref: false })]);
  };
}

/** The memory is given back once the last has done with it. */
function offerAll(destinations: readonly Destination[], batch: Batch, release: () => void): void {
  let holders = destinations.length;
  const releaseOne = (): void => {
    holders -= 1;
    if (holders === 0) release();
  };
  for (const { upstream } of destinations) upstream.offer(batch, releaseOne);
}

/** What is left then is put away, so that it is counted. */
async function drained(destinations: readonly Destination[]): Promise<void> {
  const startedMs = performance.now();
  const isDone = ({ upstream }: Destination): boolean =>
    upstream.isIdle || performance.now() - startedMs > (upstream.isAway ? DRAIN_AWAY_MS : DRAIN_MS);
  while (!destinations.every(isDone)) await sleep(DRAIN_LOOK_MS);
  await Promise.all(destinations.map(({ upstream }) => upstream.stop()));
}

const DRAIN_LOOK_MS = 5;

function defaultBufferMb(): number {
  return Math.min(Math.max(Math.floor(totalmem() / 100 / MIB), BUFFER_MB_MIN), BUFFER_MB_DEFAULT_MAX);
}

/** Asked once. */
function reporterOf(settings: DaemonSettings, surroundings: Surroundings): () => Promise<Reporter> {
  let found: Promise<Reporter> | null = null;
  return () => (found ??= findReporter(settings, surroundings));
}

function warnOfProfiles(environment: DaemonOptions['environment'], log: Log): void {
  for (const name of ['XRAY_DAEMON_CPU_PROFILE', 'XRAY_DAEMON_MEMORY_PROFILE']) {
    if (environment[name]) log.write('warn', `${name} is ignored: use NODE_OPTIONS=--cpu-prof or --heap-prof`);
  }
}

function printAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
