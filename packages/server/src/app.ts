import type { StatusAnswer } from '@fluoroscope/api';
import type { RecordSink } from '@fluoroscope/journal';
import { timeUs, type TimeUs } from '@fluoroscope/model';
import { createSamplingBook, type SamplingBook } from '@fluoroscope/query';
import { StoreError, type StoreStats } from '@fluoroscope/store';
import { openAccess, type Access } from './access/access.ts';
import { createSamplingActivity } from './administration/sampling-activity.ts';
import { createTrustReader } from './administration/trust.ts';
import type { Control } from './control/control.ts';
import type { Encryption } from './encryption/encryption.ts';
import type { Channel, Events } from './events.ts';
import { loadConsoleFiles } from './http/console-files.ts';
import type { HttpApp } from './http/guarded-app.ts';
import type { GuardPolicy } from './http/guard.ts';
import { createHttpApp, type HttpAppOptions } from './http/http-app.ts';
import { createLiveHub, type LiveHub } from './http/live.ts';
import { createTailHub } from './http/tail.ts';
import { readTlsFiles } from './http/tls.ts';
import { createAdmission, OPEN_ADMISSION, type Admission } from './ingest/admission.ts';
import { createIngest, type Ingest, type IngestOptions } from './ingest.ts';
import { mapLayout } from './map-layout/map-layout.ts';
import { openMapPositions } from './map-positions.ts';
import { createHandlers } from './operations/handlers.ts';
import { loadOrCreatePageSecret } from './page-secret.ts';
import { createPageTokens } from './page-token.ts';
import type { Settings } from './settings.ts';
import { createStatusReader } from './status.ts';
import type { SpanParts } from './spans/listeners.ts';
import { createSpanReceivers } from './spans/receivers.ts';
import type { Storage } from './storage/storage.ts';
import { createStoreStats, type StoreReport, type StoreStatsReader } from './store-stats.ts';

export interface AppOptions {
  readonly settings: Settings;
  readonly journal: Pick<RecordSink, 'append' | 'stats'>;
  readonly storage: Storage;
  readonly control: Control;
  readonly encryption: Encryption;
  readonly events: Events;
  readonly version: string;
  /** The console's build (`index.html` inside); null when there is none. */
  readonly consoleFolder: string | null;
  /** Of what listens now, for /api/status; looked at whenever that is asked. */
  readonly listeners: () => StatusAnswer['listeners'];
  /** Sentences for /api/status that only the composition knows, such as a cut UDP buffer. */
  readonly notices?: () => readonly string[];
  readonly nowUs?: () => TimeUs;
  /** Milliseconds that never go back. */
  readonly nowMs?: () => number;
}

/** Everything between the sockets, the journal and the storage thread. Opens no port. */
export interface App extends AsyncDisposable {
  readonly http: HttpApp;
  /** Receivers ask its gate whom to take from. */
  readonly access: Access;
  /** Receivers of datagrams call `offer`. */
  readonly ingest: Ingest;
  /** For ports of their own; the HTTP listener has them too. */
  readonly spans: SpanParts;
}

export async function createApp(options: AppOptions): Promise<App> {
  const { settings, journal, storage, control, encryption, events, nowUs = readClock } = options;
  // Before anything is awaited: the storage thread may be at work already.
  const live = createLiveHub({ revision: storage.revision });
  const backlogCount = (): number => storage.backlogCount;
  events.backlogAtStart(journal.stats().recoveredRecords);

  const { store } = storage;
  const failed = (error: unknown): void => events.troubleMet('live traces cannot be searched', error);
  const tails = createTailHub({ store, live, nowUs, failed });
  const following = storage.onWritten((revision) => {
    live.changed(revision);
    tails.changed();
  });
  const readStore = createStoreStats(store);
  const tokens = createPageTokens(await loadOrCreatePageSecret(settings.dataDir));
  const positions = await openMapPositions({ dataDir: settings.dataDir, events, layout: mapLayout });
  const admission = admissionOf(options);
  const turnAway = createTurnAway(admission, events);
  const ingest = ingestOf(options, { admission, nowUs });
  const tls = await readTlsFiles(settings);
  const access = await openAccess({ settings, control, events, nowMs: () => nowUs() / 1_000 });
  const sampling = createSamplingBook(control.samplingRules.current());
  control.onChanged(() => sampling.setRules(control.samplingRules.current()));

  watch(options, { ingest, admission, live, readStore });

  const receivers = createSpanReceivers({ ingest, events, nowUs });
  const http = createHttpApp({
    version: options.version,
    receivers,
    udpPort: () => udpPortOf(options.listeners()),
    handlers: createHandlers({ ingest, store, control, encryption, sampling, tokens, events, nowUs }),
    store,
    groups: control.groups,
    positions,
    live,
    tails,
    ingest,
    revision: () => storage.revision,
    nowUs,
    readStatus: createStatusReader({
      ...options,
      readStore,
      backlogCount,
      accessMode: access.gate.mode,
    }),
    administration: administer(options, { ingest, sampling, readStore, nowUs }),
    files: loadConsoleFiles(options.consoleFolder),
    access,
    tls,
    policy: policyOf(settings),
    events,
    turnAway,
  });
  await http.ready();

  return {
    http,
    access,
    ingest,
    spans: { receivers, access, tls, events, turnAway },
    // Requests first, then what datagrams left behind; the journal and the store are closed by who opened them.
    async [Symbol.asyncDispose]() {
      await http.close();
      await access[Symbol.asyncDispose]();
      await ingest[Symbol.asyncDispose]();
      following[Symbol.dispose]();
      await positions.flush();
    },
  };
}

function policyOf({ httpListen, allowedHosts, corsOrigins }: Settings): GuardPolicy {
  return { boundHost: httpListen?.host ?? 'localhost', allowedHosts, corsOrigins };
}

function ingestOf(
  { settings, journal, storage, events }: AppOptions,
  { admission, nowUs }: Pick<Required<IngestOptions>, 'admission' | 'nowUs'>,
): Ingest {
  return createIngest({
    journal,
    admission,
    events,
    committed: (sequence) => storage.committed(sequence),
    nowUs,
    segmentMaxAgeUs: settings.segmentMaxAge,
    segmentMaxFutureUs: settings.segmentMaxFuture,
    segmentBytesMax: settings.segmentSize,
  });
}

/** A Kafka topic is filled and emptied by others too: what waits there says nothing of this process. */
function admissionOf({ settings, journal, storage, nowMs = () => performance.now() }: AppOptions): Admission {
  if (journal.stats().kind === 'kafka') return OPEN_ADMISSION;
  return createAdmission({
    read: () => ({
      committedSequence: storage.revision + storage.backlogCount,
      storedSequence: storage.revision,
      isFailing: storage.failing !== null,
    }),
    waitMs: settings.journalWait / 1_000,
    nowMs,
    random: Math.random,
  });
}

function createTurnAway(admission: Admission, events: Events): (channel: Channel) => number | null {
  return (channel) => {
    const retryAfterSeconds = admission.ask();
    if (retryAfterSeconds !== null) events.callTurnedAway(channel, 'store-behind');
    return retryAfterSeconds;
  };
}

interface Administered {
  readonly ingest: Ingest;
  readonly sampling: SamplingBook;
  readonly readStore: StoreStatsReader;
  readonly nowUs: () => TimeUs;
}

function administer(
  options: AppOptions,
  { ingest, sampling, readStore, nowUs }: Administered,
): HttpAppOptions['administration'] {
  const { store } = options.storage;
  return {
    readSampling: createSamplingActivity({ store, sampling, nowUs }),
    readTrust: createTrustReader({ ...options, store, nowUs, readStore, waitingCount: () => ingest.waitingCount }),
    readEncryption: () => options.encryption.describe(),
  };
}

interface Watched {
  readonly ingest: Ingest;
  readonly admission: Admission;
  readonly live: LiveHub;
  readonly readStore: () => Promise<StoreReport>;
}

function watch({ events, journal, storage }: AppOptions, { ingest, admission, live, readStore }: Watched): void {
  events.watch({
    journalBytes: () => journal.stats().sizeBytes,
    journalBytesMax: () => journal.stats().sizeBytesMax,
    backlogDocuments: () => storage.backlogCount,
    backlogAgeSeconds: () => admission.waitedSeconds(),
    waitingDocuments: () => ingest.waitingCount,
    storeBytes: async () => statsOf(await readStore()).sizeBytes,
    storedTraces: async () => statsOf(await readStore()).traceCount,
    liveListeners: live.listenerCount,
    journalKind: () => journal.stats().kind,
    journalLags: () => storage.lags,
  });
}

function statsOf(report: StoreReport): StoreStats {
  if (report.state === 'unreadable') throw new StoreError('failed', 'the store cannot be read');
  return report.stats;
}

export function readClock(): TimeUs {
  return timeUs(Math.round(Date.now() * 1_000));
}

/** address = host ":" port */
function udpPortOf(listeners: StatusAnswer['listeners']): number | null {
  const udp = listeners.find(({ name }) => name === 'udp');
  return udp === undefined ? null : Number(udp.address.slice(udp.address.lastIndexOf(':') + 1));
}
