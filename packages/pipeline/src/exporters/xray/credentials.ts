import { readKeys, timeOf } from './key-json.ts';
import { domainOf, ofProfile, type ProfileRole, type RoleSources } from './profile-credentials.ts';
import { runCredentialProcess } from './credential-process.ts';
import { signV4, type AwsCredentials } from './sign-v4.ts';

export interface CredentialOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Of the shared files; null for `AWS_PROFILE`, or `default`. */
  readonly profile: string | null;
  /** Assumed with what the chain finds; null for none. */
  readonly roleArn: string | null;
  readonly region: string;
  /** Rejects when the file is not there. */
  readonly readText: (path: string) => Promise<string>;
  readonly homeFolder: string;
  readonly ask: Ask;
  /** What a `credential_process` prints. Rejects when it fails or takes too long. */
  readonly run?: (command: readonly string[]) => Promise<string>;
  readonly nowMs: () => number;
}

/** A small request to one of AWS's local or security services. Rejects when nobody answers in time. */
export type Ask = (request: {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}) => Promise<{ readonly status: number; readonly body: string }>;

export { domainOf };

/** As AWS's daemon names its sessions. */
const SESSION_NAME = 'xray-daemon';

const ECS_HOST = 'http://169.254.170.2';
const IMDS_HOST = 'http://169.254.169.254';
const IMDS_TOKEN_SECONDS = 21_600;

/** Hosts that may be asked for a container's credentials without TLS: loopback, ECS, EKS. */
const CONTAINER_HOSTS = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|169\.254\.170\.(2|23)|\[fd00:ec2::23\])$/;

/**
 * The first that has some: environment, web identity (EKS service accounts), shared profile (a role, keys, `credential_process`, SSO), container (ECS,
 * EKS pod identity), instance (IMDSv2). Null when none has. Rejects when one that is configured cannot be had.
 */
export async function loadCredentials(options: CredentialOptions): Promise<AwsCredentials | null> {
  const found = await findCredentials(options);
  if (options.roleArn === null || found === null) return found;
  return assumeRole(options, found, { arn: options.roleArn, session: undefined, externalId: undefined });
}

async function findCredentials(options: CredentialOptions): Promise<AwsCredentials | null> {
  const withRun = { ...options, run: options.run ?? runCredentialProcess };
  const sources = sourcesOf(options);
  const explicit = options.profile === null ? null : await ofProfile(withRun, sources);
  return (
    explicit ??
    ofEnvironment(options) ??
    (await ofWebIdentity(options)) ??
    (await ofProfile(withRun, sources)) ??
    (await ofContainer(options)) ??
    (await ofInstance(options))
  );
}

function sourcesOf(options: CredentialOptions): RoleSources {
  return {
    assume: (role, by) => assumeRole(options, by, role),
    assumeByToken: (role, tokenFile) => assumeByToken(options, tokenFile, role.arn, role.session),
    of: new Map([
      ['Environment', async () => ofEnvironment(options)],
      ['EcsContainer', () => ofContainer(options)],
      ['Ec2InstanceMetadata', () => ofInstance(options)],
    ]),
  };
}

function ofEnvironment({ environment }: CredentialOptions): AwsCredentials | null {
  const accessKeyId = environment['AWS_ACCESS_KEY_ID'] || environment['AWS_ACCESS_KEY'];
  const secretAccessKey = environment['AWS_SECRET_ACCESS_KEY'] || environment['AWS_SECRET_KEY'];
  if (!accessKeyId || !secretAccessKey) return null;
  return { accessKeyId, secretAccessKey, sessionToken: environment['AWS_SESSION_TOKEN'] || null, expiresAtMs: null };
}

async function ofContainer({ environment, ask, readText }: CredentialOptions): Promise<AwsCredentials | null> {
  const relative = environment['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'];
  const url = relative ? `${ECS_HOST}${relative}` : environment['AWS_CONTAINER_CREDENTIALS_FULL_URI'];
  if (!url) return null;
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'https:' && !CONTAINER_HOSTS.test(hostname)) {
    throw new Error(`AWS_CONTAINER_CREDENTIALS_FULL_URI: ${hostname} may not be asked without TLS`);
  }
  const tokenFile = environment['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'];
  const token = tokenFile ? (await readText(tokenFile)).trim() : environment['AWS_CONTAINER_AUTHORIZATION_TOKEN'];
  const headers: Record<string, string> = token ? { authorization: token } : {};
  return readKeys(await get(ask, url, headers));
}

async function ofInstance(options: CredentialOptions): Promise<AwsCredentials | null> {
  const read = await openInstanceMetadata(options);
  const roles = await read?.('iam/security-credentials/');
  const role = roles?.split('\n')[0]?.trim();
  if (!role) return null;
  const keys = await read?.(`iam/security-credentials/${role}`);
  return keys ? readKeys(keys) : null;
}

/** Reads of the instance's metadata, null where there is nothing; null when this is no instance of EC2's. */
export async function openInstanceMetadata({
  environment,
  ask,
}: Pick<CredentialOptions, 'environment' | 'ask'>): Promise<((path: string) => Promise<string | null>) | null> {
  if (environment['AWS_EC2_METADATA_DISABLED']?.toLowerCase() === 'true') return null;
  const host = (environment['AWS_EC2_METADATA_SERVICE_ENDPOINT'] || IMDS_HOST).replace(/\/$/, '');
  const ttl = { 'x-aws-ec2-metadata-token-ttl-seconds': String(IMDS_TOKEN_SECONDS) };
  const asked = ask({ method: 'PUT', url: `${host}/latest/api/token`, headers: ttl, body: '' });
  const answer = await asked.catch(() => null);
  if (answer?.status !== 200) return null;
  const headers = { 'x-aws-ec2-metadata-token': answer.body };
  return async (path) => {
    const { status, body } = await ask({ method: 'GET', url: `${host}/latest/meta-data/${path}`, headers, body: '' });
    return status === 200 ? body : null;
  };
}

async function ofWebIdentity(options: CredentialOptions): Promise<AwsCredentials | null> {
  const { environment } = options;
  const tokenFile = environment['AWS_WEB_IDENTITY_TOKEN_FILE'];
  const roleArn = environment['AWS_ROLE_ARN'];
  if (!tokenFile || !roleArn) return null;
  return assumeByToken(options, tokenFile, roleArn, environment['AWS_ROLE_SESSION_NAME']);
}

async function assumeByToken(
  options: CredentialOptions,
  tokenFile: string,
  arn: string,
  session: string | undefined,
): Promise<AwsCredentials> {
  const WebIdentityToken = (await options.readText(tokenFile)).trim();
  return askSts(options, null, {
    Action: 'AssumeRoleWithWebIdentity',
    RoleArn: arn,
    RoleSessionName: session || SESSION_NAME,
    WebIdentityToken,
  });
}

function assumeRole(options: CredentialOptions, by: AwsCredentials, role: ProfileRole): Promise<AwsCredentials> {
  return askSts(options, by, {
    Action: 'AssumeRole',
    RoleArn: role.arn,
    RoleSessionName: role.session || SESSION_NAME,
    ...(role.externalId !== undefined && { ExternalId: role.externalId }),
  });
}

async function askSts(
  { region, environment, ask, nowMs }: CredentialOptions,
  by: AwsCredentials | null,
  form: Readonly<Record<string, string>>,
): Promise<AwsCredentials> {
  const url = new URL(environment['AWS_ENDPOINT_URL_STS'] || `https://sts.${region}.${domainOf(region)}/`);
  const body = new URLSearchParams({ ...form, Version: '2011-06-15' }).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const request = { method: 'POST', url, headers, body };
  const signed = by === null ? headers : signV4(request, by, { region, service: 'sts' }, nowMs());
  const answer = await ask({ ...request, url: url.href, headers: signed });
  if (answer.status !== 200) {
    throw new Error(`STS ${form['Action']}: ${answer.status} ${tagOf(answer.body, 'Code') ?? ''}`.trim());
  }
  const accessKeyId = tagOf(answer.body, 'AccessKeyId');
  const secretAccessKey = tagOf(answer.body, 'SecretAccessKey');
  if (accessKeyId === null || secretAccessKey === null) throw new Error(`STS ${form['Action']}: no keys in its answer`);
  const expiresAtMs = timeOf(tagOf(answer.body, 'Expiration'));
  return { accessKeyId, secretAccessKey, sessionToken: tagOf(answer.body, 'SessionToken'), expiresAtMs };
}

async function get(ask: Ask, url: string, headers: Readonly<Record<string, string>>): Promise<string> {
  const { status, body } = await ask({ method: 'GET', url, headers, body: '' });
  if (status !== 200) throw new Error(`${url}: ${status}`);
  return body;
}

/** The text of an XML element without attributes or children: all that STS answers with. */
function tagOf(xml: string, name: string): string | null {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? null;
}

export interface CredentialCache {
  /** At once while valid ones are known; null when there are none. Never rejects. */
  current(): Promise<AwsCredentials | null>;
}

/** Temporary ones are renewed this long before they end, in the background. */
const RENEW_BEFORE_MS = 300_000;
/** Files are looked at anew after this long. */
const REREAD_MS = 600_000;
/** After a failure, and where there are none, the chain is not asked again for this long. */
const RETRY_MS = 30_000;

export function createCredentialCache(options: {
  readonly load: () => Promise<AwsCredentials | null>;
  readonly failed: (error: unknown) => void;
  readonly nowMs: () => number;
}): CredentialCache {
  const { load, failed, nowMs } = options;
  let known: AwsCredentials | null = null;
  let askAgainAtMs = 0;
  let loading: Promise<void> | null = null;

  async function renew(): Promise<void> {
    try {
      const found = await load();
      if (found !== null) known = found;
      const endsAtMs = found?.expiresAtMs ?? (found === null ? 0 : Infinity);
      const renewAtMs = Math.min(endsAtMs - RENEW_BEFORE_MS, nowMs() + REREAD_MS);
      askAgainAtMs = Math.max(renewAtMs, nowMs() + RETRY_MS);
    } catch (error) {
      askAgainAtMs = nowMs() + RETRY_MS;
      failed(error);
    }
    loading = null;
  }

  return {
    async current() {
      const isValid = known !== null && (known.expiresAtMs ?? Infinity) > nowMs();
      if (nowMs() >= askAgainAtMs) loading ??= renew();
      if (!isValid) await loading;
      return known !== null && (known.expiresAtMs ?? Infinity) > nowMs() ? known : null;
    },
  };
}
