import * as kind from './settings/kinds.ts';
import type { JournalPlace, Kind, Listen } from './settings/kinds.ts';

/** What `serve` can be told. Sizes in bytes, durations in µs, shares from 0 to 1. */
export interface Settings {
  readonly httpListen: Listen;
  readonly udpListen: Listen;
  readonly dataDir: string;
  readonly config: string | null;
  readonly durability: 'fsync' | 'os';
  readonly journalSize: number;
  readonly allowedHosts: readonly string[];
  readonly corsOrigins: readonly string[];
  readonly allowUnauthenticated: boolean;
  readonly samplingReservoir: number;
  readonly samplingRate: number;
  readonly segmentMaxAge: number;
  readonly segmentMaxFuture: number;
  readonly udpBuffer: number;
  readonly storeMemory: number;
  readonly storeUrl: string | null;
  readonly storeCredentials: string | null;
  readonly journal: JournalPlace;
  readonly journalCredentials: string | null;
  readonly retention: number;
  readonly retentionSize: number | null;
  readonly accountId: string;
  readonly region: string;
  readonly logLevel: LogLevel;
}

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';

export interface Setting<T> {
  /** The flag without its dashes, and the key in the file. The environment has it as FLUOROSCOPE_UPPER_CASE. */
  readonly name: string;
  readonly kind: Kind<T>;
  /** As one would write it. */
  readonly standard: string;
  /** One or two sentences for --help and the docs. */
  readonly prose: string;
}

export type SettingTable = { readonly [Key in keyof Settings]: Setting<Settings[Key]> };

/** The one description: flags, environment, file, --help and docs/configuration.md are made of it. */
export const SETTINGS: SettingTable = {
  httpListen: {
    name: 'http-listen',
    kind: kind.listen,
    standard: '127.0.0.1:2000',
    prose: "Where X-Ray's API, the console, /healthz and /metrics are served.",
  },
  udpListen: {
    name: 'udp-listen',
    kind: kind.listen,
    standard: '127.0.0.1:2000',
    prose: "Where segment datagrams are taken, as by AWS's X-Ray daemon.",
  },
  dataDir: {
    name: 'data-dir',
    kind: kind.path,
    standard: './fluoroscope-data',
    prose: 'The folder of journal, store and kept map positions. Made when missing; one process at a time.',
  },
  config: {
    name: 'config',
    kind: kind.optionalPath,
    standard: '',
    prose: 'A YAML file with settings by name. Without it, ./fluoroscope.yaml is read when there is one.',
  },
  durability: {
    name: 'durability',
    kind: kind.oneOf('fsync', 'os'),
    standard: 'fsync',
    prose:
      'When a document counts as kept: fsync, once it is on stable storage; os, once the operating system has it (a power cut may then lose what was acknowledged).',
  },
  journalSize: {
    name: 'journal-size',
    kind: kind.size(16 * 1024 ** 2),
    standard: '1 GiB',
    prose:
      'How much the journal may hold that the store has not taken yet. Beyond it, HTTP answers 429 and datagrams are dropped and counted.',
  },
  allowedHosts: {
    name: 'allowed-hosts',
    kind: kind.list(kind.hostName),
    standard: '',
    prose:
      'Names under which clients reach this server, beside loopback and the address it listens on. Requests for any other host are refused, so that no web page can reach it under a name of its own.',
  },
  corsOrigins: {
    name: 'cors-origins',
    kind: kind.list(kind.origin),
    standard: '',
    prose: 'Origins of web pages, other than the console, that may call this server from a browser.',
  },
  allowUnauthenticated: {
    name: 'allow-unauthenticated',
    kind: kind.flag,
    standard: 'false',
    prose: 'Allows listening beyond loopback although requests are not authenticated.',
  },
  samplingReservoir: {
    name: 'sampling-reservoir',
    kind: kind.integer(0, 1_000_000),
    standard: '1',
    prose:
      'The Default sampling rule, until UpdateSamplingRule changes it: requests a second that are traced before the rate applies.',
  },
  samplingRate: {
    name: 'sampling-rate',
    kind: kind.share,
    standard: '0.05',
    prose:
      'The Default sampling rule, until UpdateSamplingRule changes it: the share of requests beyond the reservoir that is traced.',
  },
  segmentMaxAge: {
    name: 'segment-max-age',
    kind: kind.duration,
    standard: '30d',
    prose: 'Documents that started longer ago are refused.',
  },
  segmentMaxFuture: {
    name: 'segment-max-future',
    kind: kind.duration,
    standard: '2h',
    prose: 'Documents that start further in the future are refused.',
  },
  udpBuffer: {
    name: 'udp-buffer',
    kind: kind.size(4 * 1024, 1024 ** 3),
    standard: '4 MiB',
    prose:
      'The receive buffer asked of the kernel for datagrams; the kernel may give less, which is warned of at start.',
  },
  storeMemory: {
    name: 'store-memory',
    kind: kind.size(64 * 1024 ** 2),
    standard: '256 MiB',
    prose: 'How much memory the embedded store may use.',
  },
  storeUrl: {
    name: 'store-url',
    kind: kind.optionalUrl,
    standard: '',
    prose: 'A ClickHouse server or cluster to keep traces in. Empty: the embedded store in the data folder.',
  },
  storeCredentials: {
    name: 'store-credentials',
    kind: kind.optionalPath,
    standard: '',
    prose: 'A YAML file with `username` and `password` for --store-url, readable by its owner only.',
  },
  journal: {
    name: 'journal',
    kind: kind.journal,
    standard: 'file',
    prose:
      'Where accepted documents are kept until they are stored: file, in the data folder; or a Kafka topic, which several servers share.',
  },
  journalCredentials: {
    name: 'journal-credentials',
    kind: kind.optionalPath,
    standard: '',
    prose:
      'A YAML file with `mechanism`, `username`, `password` and `tls` for the brokers of --journal, readable by its owner only.',
  },
  retention: {
    name: 'retention',
    kind: kind.duration,
    standard: '30d',
    prose: 'How long documents are kept after they arrived. They go in slices: some stay a little longer.',
  },
  retentionSize: {
    name: 'retention-size',
    kind: kind.optional(kind.size(64 * 1024 ** 2)),
    standard: '',
    prose: 'How large the store may grow; beyond it the oldest documents go, even before --retention. Empty: no limit.',
  },
  accountId: {
    name: 'account-id',
    kind: kind.matching(/^\d{12}$/, '12 digits'),
    standard: '000000000000',
    prose: 'The account in the ARNs that answers carry.',
  },
  region: {
    name: 'region',
    kind: kind.matching(/^[a-z0-9][a-z0-9-]{0,31}$/, 'lower-case letters, digits and dashes'),
    standard: 'us-east-1',
    prose: 'The region in the ARNs that answers carry.',
  },
  logLevel: {
    name: 'log-level',
    kind: kind.oneOf('fatal', 'error', 'warn', 'info', 'debug', 'silent'),
    standard: 'info',
    prose: 'The least severe level that is logged. Logs are JSON lines on standard error.',
  },
};

export const CONFIG_FILE_STANDARD = 'fluoroscope.yaml';

export function environmentName(setting: Setting<unknown>): string {
  return `FLUOROSCOPE_${setting.name.toUpperCase().replaceAll('-', '_')}`;
}
