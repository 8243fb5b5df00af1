import { bad, ok, type Result } from '@fluoroscope/model/result';
import { LOG_LEVELS, type LogLevel } from './log.ts';
import { DAEMON_SETTINGS, type DaemonSettingName } from './settings-table.ts';

export interface Address {
  /** Empty for every address of the machine, IPv4 and IPv6. */
  readonly host: string;
  readonly port: number;
}

export interface DaemonSettings {
  readonly resourceArn: string;
  readonly localMode: boolean;
  /** Null for a share of the machine's. */
  readonly bufferMb: number | null;
  readonly region: string;
  readonly udp: Address;
  readonly tcp: Address;
  readonly roleArn: string | null;
  readonly logFile: string | null;
  readonly logLevel: LogLevel;
  readonly logRotation: boolean;
  readonly proxy: URL | null;
  readonly concurrency: number;
  readonly profile: string | null;
  readonly endpoint: URL | null;
  readonly noVerifySsl: boolean;
  readonly teeEndpoint: URL | null;
  readonly teeProfile: string | null;
  /** Null for none. */
  readonly spool: { readonly path: string; readonly isChosen: boolean; readonly bytesMax: number } | null;
  readonly receiveBufferBytes: number;
}

export const BUFFER_MB_MIN = 3;
const BUFFER_MB_MAX = 65_536;
const CONCURRENCY_MAX = 256;
const SPOOL_MB_MIN = 16;
const SPOOL_MB_MAX = 1_048_576;
const RECEIVE_BUFFER_KB_MAX = 1_048_576;
const KIB = 1_024;
const MIB = 1_048_576;

/** `given`, or else the table's defaults. The problem names the setting. */
export function parseSettings(
  given: ReadonlyMap<DaemonSettingName, string>,
  environment: Readonly<Record<string, string | undefined>>,
): Result<DaemonSettings, string> {
  const problems: string[] = [];
  const text = (name: DaemonSettingName): string => given.get(name) || DAEMON_SETTINGS[name].byDefault;
  const optional = (name: DaemonSettingName): string | null => text(name) || null;
  function check<T>(
    name: DaemonSettingName,
    value: T | undefined,
    expected: string,
    otherwise: T,
    found = text(name),
  ): T {
    if (value !== undefined) return value;
    problems.push(`${nameOf(name)} is "${found}"; expected ${expected}`);
    return otherwise;
  }
  const flag = (name: DaemonSettingName): boolean => check(name, readSwitch(text(name)), 'true or false', false);
  const number = (name: DaemonSettingName, min: number, max: number): number =>
    check(name, readNumber(text(name), min, max), `a whole number from ${min} to ${max}`, min);
  const address = (name: DaemonSettingName): Address =>
    check(name, readAddress(text(name)), 'HOST:PORT', { host: '', port: 0 });
  const url = (name: DaemonSettingName, value: string): URL | null =>
    value === '' ? null : check(name, readUrl(value), 'http://HOST:PORT or https://HOST', null, value);

  const buffer = Number(text('bufferMb'));
  const spoolPath = text('spoolPath');
  const settings: DaemonSettings = {
    resourceArn: text('resourceArn'),
    localMode: flag('localMode'),
    bufferMb: buffer === 0 ? null : number('bufferMb', BUFFER_MB_MIN, BUFFER_MB_MAX),
    region: text('region'),
    udp: address('udpAddress'),
    tcp: address('tcpAddress'),
    roleArn: optional('roleArn'),
    logFile: optional('logFile'),
    // One that is not known tells everything, as AWS's daemon does.
    logLevel: LOG_LEVELS.get(text('logLevel').toLowerCase()) ?? 'debug',
    logRotation: flag('logRotation'),
    proxy: url('proxyAddress', text('proxyAddress') || (environment['HTTPS_PROXY'] ?? '')),
    concurrency: number('concurrency', 1, CONCURRENCY_MAX),
    profile: optional('profile'),
    endpoint: url('endpoint', text('endpoint') || endpointOf(environment)),
    noVerifySsl: flag('noVerifySsl'),
    teeEndpoint: url('teeEndpoint', text('teeEndpoint')),
    teeProfile: optional('teeProfile'),
    spool:
      spoolPath === 'off'
        ? null
        : {
            path: spoolPath,
            isChosen: given.has('spoolPath'),
            bytesMax: number('spoolMb', SPOOL_MB_MIN, SPOOL_MB_MAX) * MIB,
          },
    receiveBufferBytes: number('receiveBufferKb', 1, RECEIVE_BUFFER_KB_MAX) * KIB,
  };
  const [problem] = problems;
  return problem === undefined ? ok(settings) : bad(problem);
}

function nameOf(name: DaemonSettingName): string {
  const { flag, yaml } = DAEMON_SETTINGS[name];
  return flag === null ? (yaml ?? name) : `--${flag}`;
}

/** As AWS's SDKs take it; the command line and the file count more. */
function endpointOf(environment: Readonly<Record<string, string | undefined>>): string {
  if (environment['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS']?.toLowerCase() === 'true') return '';
  return environment['AWS_ENDPOINT_URL_XRAY'] || (environment['AWS_ENDPOINT_URL'] ?? '');
}

/** As Go reads a bool. */
function readSwitch(text: string): boolean | undefined {
  if (/^(1|t|true)$/i.test(text)) return true;
  return /^(0|f|false)$/i.test(text) ? false : undefined;
}

function readNumber(text: string, min: number, max: number): number | undefined {
  const value = Number(text);
  return /^\d{1,9}$/.test(text) && value >= min && value <= max ? value : undefined;
}

/** address = [ host ] ":" port   ; no host, or 0.0.0.0, means every address, IPv6 too, as Go's listeners take it */
function readAddress(text: string): Address | undefined {
  const [, ipv6, name, digits] = /^(?:\[([0-9a-f:.%]+)\]|([^:[\]/\s]*)):(\d{1,5})$/i.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) return undefined;
  return { host: ipv6 ?? (name === '0.0.0.0' ? '' : (name ?? '')), port };
}

function readUrl(text: string): URL | undefined {
  const spelled = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(spelled) ? new URL(spelled) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.hostname !== '' ? url : undefined;
}
