import type { Network } from './access/networks.ts';
import * as kind from './settings/kinds.ts';
import type { JournalPlace, Kind, Listen, ReceiverListen } from './settings/kinds.ts';

/** What `serve` can be told. Sizes in bytes, durations in µs, shares from 0 to 1. */
export interface Settings {
  readonly httpListen: Listen;
  readonly udpListen: Listen;
  readonly otlpGrpcListen: ReceiverListen;
  readonly otlpHttpListen: ReceiverListen;
  readonly zipkinListen: ReceiverListen;
  readonly jaegerHttpListen: ReceiverListen;
  readonly jaegerGrpcListen: ReceiverListen;
  readonly dataDir: string;
  readonly config: string | null;
  readonly durability: 'fsync' | 'os';
  readonly journalSize: number;
  /** 0: what waits is never too old. */
  readonly journalWait: number;
  readonly allowedHosts: readonly string[];
  readonly corsOrigins: readonly string[];
  readonly allowUnauthenticated: boolean;
  readonly ingestAllow: readonly Network[];
  readonly tlsCert: string | null;
  readonly tlsKey: string | null;
  readonly sessionLifetime: number;
  /** A second; null for no limit. */
  readonly requestRate: number | null;
  readonly auditSize: number;
  readonly samplingReservoir: number;
  readonly samplingRate: number;
  readonly segmentMaxAge: number;
  readonly segmentMaxFuture: number;
  readonly segmentSize: number;
  readonly udpBuffer: number;
  readonly storeMemory: number;
  readonly storeUrl: string | null;
  readonly storeCredentials: string | null;
  readonly journal: JournalPlace;
  readonly journalCredentials: string | null;
  readonly encryptionKeys: string | null;
  readonly retention: number;
  readonly retentionSize: number | null;
  /** Beside the Default group. */
  readonly groupsMax: number;
  /** Beside the Default rule. */
  readonly samplingRulesMax: number;
  /** Of one group or sampling rule. */
  readonly tagsMax: number;
  readonly resourcePoliciesMax: number;
  readonly resourcePolicySize: number;
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
  otlpGrpcListen: {
    name: 'otlp-grpc-listen',
    kind: kind.receiverListen,
    standard: '127.0.0.1:4317 if free',
    prose: 'Where OpenTelemetry traces are taken over gRPC.',
  },
  otlpHttpListen: {
    name: 'otlp-http-listen',
    kind: kind.receiverListen,
    standard: '127.0.0.1:4318 if free',
    prose: 'Where OpenTelemetry traces are taken over HTTP, at /v1/traces, as also on --http-listen.',
  },
  zipkinListen: {
    name: 'zipkin-listen',
    kind: kind.receiverListen,
    standard: '127.0.0.1:9411 if free',
    prose: 'Where Zipkin spans are taken, at /api/v1/spans and /api/v2/spans, as also on --http-listen.',
  },
  jaegerHttpListen: {
    name: 'jaeger-http-listen',
    kind: kind.receiverListen,
    standard: 'off',
    prose: "Where Jaeger's clients may send Thrift over HTTP, to /api/traces; Jaeger has it on port 14268.",
  },
  jaegerGrpcListen: {
    name: 'jaeger-grpc-listen',
    kind: kind.receiverListen,
    standard: 'off',
    prose: "Where Jaeger's agents may send spans over gRPC; Jaeger has it on port 14250.",
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
  journalWait: {
    name: 'journal-wait',
    kind: kind.duration,
    standard: '10s',
    prose:
      'How long documents may wait in the journal once more comes than the store takes. What is too much is then refused before it is read: HTTP answers 429, gRPC RESOURCE_EXHAUSTED, and datagrams are dropped and counted. A burst, and what comes while the store is away, is taken as long as there is room. 0s: only a full journal refuses.',
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
    prose:
      'Allows listening beyond loopback although requests are not authenticated. Once an access key exists, requests need one all the same.',
  },
  ingestAllow: {
    name: 'ingest-allow',
    kind: kind.networks,
    standard: '',
    prose:
      'Networks from which traces are taken, and sampling is told, without an access key. It is the address of the connection that counts, not what a proxy says. Datagrams carry no key: once one exists, and always beyond loopback, they are taken from these networks only.',
  },
  tlsCert: {
    name: 'tls-cert',
    kind: kind.optionalPath,
    standard: '',
    prose:
      'A file with the certificate, and those between it and its root, in PEM: all listeners but UDP then speak TLS.',
  },
  tlsKey: {
    name: 'tls-key',
    kind: kind.optionalPath,
    standard: '',
    prose: 'A file with the private key of --tls-cert, in PEM.',
  },
  sessionLifetime: {
    name: 'session-lifetime',
    kind: kind.duration,
    standard: '12h',
    prose: 'How long a login to the console lasts.',
  },
  requestRate: {
    name: 'request-rate',
    kind: kind.optional(kind.integer(1, 1_000_000)),
    standard: '10000',
    prose:
      'Requests a second that one key, or without a key one address, may send; twice as many in a burst. Beyond it HTTP answers 429. Empty: no limit.',
  },
  auditSize: {
    name: 'audit-size',
    kind: kind.size(64 * 1024),
    standard: '16 MiB',
    prose: 'How large audit.jsonl in the data folder may grow before a new one is begun; four older ones are kept.',
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
  segmentSize: {
    name: 'segment-size',
    kind: kind.size(1024, 1024 ** 2),
    standard: '64 KiB',
    prose:
      "How large one document may be, as it is sent and as it is kept; larger ones are refused. The default is X-Ray's.",
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
  encryptionKeys: {
    name: 'encryption-keys',
    kind: kind.optionalPath,
    standard: '',
    prose:
      'A file of keys, one a line: an id and 32 bytes in base64; readable by its owner only. With one, PutEncryptionConfig can have documents encrypted in journal and store. Read again on SIGHUP.',
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
  groupsMax: {
    name: 'groups-max',
    kind: kind.integer(0, 250),
    standard: '25',
    prose: "How many groups there may be beside Default. The default is X-Ray's.",
  },
  samplingRulesMax: {
    name: 'sampling-rules-max',
    kind: kind.integer(0, 1_000),
    standard: '25',
    prose:
      "How many sampling rules there may be beside Default; samplers fetch all of them, and try them in turn for each request. The default is X-Ray's.",
  },
  tagsMax: {
    name: 'tags-max',
    kind: kind.integer(0, 200),
    standard: '50',
    prose: "How many tags a group or sampling rule may have. The default is X-Ray's.",
  },
  resourcePoliciesMax: {
    name: 'resource-policies-max',
    kind: kind.integer(0, 100),
    standard: '5',
    prose: "How many resource policies there may be; each request is held against all of them. The default is X-Ray's.",
  },
  resourcePolicySize: {
    name: 'resource-policy-size',
    kind: kind.size(1024, 256 * 1024),
    standard: '5 KiB',
    prose: "How large the document of a resource policy may be. The default is X-Ray's.",
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
