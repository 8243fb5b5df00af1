/** One setting of the daemon: its flag, its place in the file, what it means. */
export interface DaemonSetting {
  /** Written `-name` or `--name`; null for what only the file has. */
  readonly flag: string | null;
  readonly short: string | null;
  /** Where it stands in the YAML file; null for what only the command line has. */
  readonly yaml: string | null;
  readonly kind: 'text' | 'number' | 'switch';
  readonly byDefault: string;
  readonly help: string;
}

export type DaemonSettingName =
  | 'resourceArn'
  | 'localMode'
  | 'bufferMb'
  | 'region'
  | 'udpAddress'
  | 'tcpAddress'
  | 'roleArn'
  | 'config'
  | 'logFile'
  | 'logLevel'
  | 'proxyAddress'
  | 'version'
  | 'concurrency'
  | 'logRotation'
  | 'profile'
  | 'endpoint'
  | 'noVerifySsl'
  | 'teeEndpoint'
  | 'teeProfile'
  | 'spoolPath'
  | 'spoolMb'
  | 'receiveBufferKb';

/** In the order of `--help`. Those with a letter are AWS's flags; of the file's keys only the last five are ours. */
export const DAEMON_SETTINGS: Readonly<Record<DaemonSettingName, DaemonSetting>> = {
  resourceArn: aws('resource-arn', 'a', 'ResourceARN', 'text', '', 'ARN of the AWS resource that runs the daemon.'),
  localMode: aws('local-mode', 'o', 'LocalMode', 'switch', 'false', "Don't ask EC2 for the region or instance."),
  bufferMb: aws('buffer-memory', 'm', 'TotalBufferSizeMB', 'number', '0', 'Memory for segments in MB (minimum 3).'),
  region: aws('region', 'n', 'Region', 'text', '', 'Send segments to X-Ray in this region.'),
  udpAddress: aws('bind', 'b', 'Socket.UDPAddress', 'text', '127.0.0.1:2000', 'UDP address that takes segments.'),
  tcpAddress: aws('bind-tcp', 't', 'Socket.TCPAddress', 'text', '127.0.0.1:2000', 'TCP address for sampling calls.'),
  roleArn: aws('role-arn', 'r', 'RoleARN', 'text', '', 'Assume this role to send to another account.'),
  config: { ...aws('config', 'c', '', 'text', '', 'Read this configuration file.'), yaml: null },
  logFile: aws('log-file', 'f', 'Logging.LogPath', 'text', '', 'Log to this file.'),
  logLevel: aws(
    'log-level',
    'l',
    'Logging.LogLevel',
    'text',
    'prod',
    'dev, debug, info, warn, error or prod (as info).',
  ),
  proxyAddress: aws('proxy-address', 'p', 'ProxyAddress', 'text', '', 'HTTP proxy through which to send.'),
  version: { ...aws('version', 'v', '', 'switch', 'false', 'Show the version.'), yaml: null },
  concurrency: { ...aws('', null, 'Concurrency', 'number', '8', 'Calls at the same time.'), flag: null },
  logRotation: { ...aws('', null, 'Logging.LogRotation', 'switch', 'true', 'A new log file every 50 MB.'), flag: null },
  profile: { ...aws('', null, 'Profile', 'text', '', 'Profile of the shared credentials file.'), flag: null },
  endpoint: own('endpoint', 'Endpoint', 'text', '', "Where segments go, if not to AWS's X-Ray in the region."),
  noVerifySsl: own('no-verify-ssl', 'NoVerifySSL', 'switch', 'false', "Don't check the endpoint's certificate."),
  teeEndpoint: own('tee-endpoint', 'TeeEndpoint', 'text', '', 'A second endpoint that gets every segment too.'),
  teeProfile: own('tee-profile', 'TeeProfile', 'text', '', 'Profile to sign for the second endpoint with.'),
  spoolPath: own(
    'spool-path',
    'SpoolPath',
    'text',
    'fluoroscope-spool',
    'Folder for segments while an endpoint is away, or off.',
  ),
  spoolMb: own(
    'spool-size',
    'SpoolSizeMB',
    'number',
    '256',
    'Size of that folder in MB, of each endpoint (minimum 16).',
  ),
  receiveBufferKb: own(
    'receive-buffer',
    'ReceiveBufferKB',
    'number',
    '4096',
    'UDP buffer to ask the kernel for in KB.',
  ),
};

/** Read as well, by whom it is there: what is not a setting. */
export const DAEMON_ENVIRONMENT: readonly string[] = [
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_ENDPOINT_URL_XRAY',
  'AWS_ENDPOINT_URL',
  'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
  'AWS_USE_FIPS_ENDPOINT',
  'AWS_USE_DUALSTACK_ENDPOINT',
  'HTTPS_PROXY',
  'AWS_HOSTNAME',
  'AWS_INSTANCE_ID',
  'ECS_ENABLE_CONTAINER_METADATA',
  'ECS_CONTAINER_METADATA_FILE',
  'AWS_EXECUTION_ENV',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_PROFILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_CONFIG_FILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_ROLE_ARN',
  'AWS_ROLE_SESSION_NAME',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  'AWS_EC2_METADATA_DISABLED',
  'AWS_EC2_METADATA_SERVICE_ENDPOINT',
  'AWS_ENDPOINT_URL_STS',
  'XRAY_DAEMON_CPU_PROFILE',
  'XRAY_DAEMON_MEMORY_PROFILE',
];

function aws(
  flag: string,
  short: string | null,
  yaml: string,
  kind: DaemonSetting['kind'],
  byDefault: string,
  help: string,
): DaemonSetting {
  return { flag, short, yaml, kind, byDefault, help };
}

function own(flag: string, yaml: string, kind: DaemonSetting['kind'], byDefault: string, help: string): DaemonSetting {
  return { flag, short: null, yaml, kind, byDefault, help };
}

export function daemonHelp(): string {
  const lines = Object.values(DAEMON_SETTINGS).flatMap(({ flag, short, help }) =>
    flag === null ? [] : [`  ${short === null ? '   ' : `-${short},`} --${flag.padEnd(15)} ${help}`],
  );
  return ['usage: fluoroscope daemon [flags]', '', ...lines, '  -h, --help            Show this text.'].join('\n');
}
