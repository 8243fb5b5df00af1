import { createHash } from 'node:crypto';
import { splitCommand } from './credential-process.ts';
import type { CredentialOptions } from './credentials.ts';
import { memberOf, readKeys, textOf, timeOf } from './key-json.ts';
import { readProfile } from './profile-file.ts';
import type { AwsCredentials } from './sign-v4.ts';

type ProfileOptions = CredentialOptions & Required<Pick<CredentialOptions, 'run'>>;
type Pairs = ReadonlyMap<string, string>;

/** What a profile may name besides keys of its own. */
export interface RoleSources {
  readonly assume: (role: ProfileRole, by: AwsCredentials) => Promise<AwsCredentials>;
  readonly assumeByToken: (role: ProfileRole, tokenFile: string) => Promise<AwsCredentials>;
  /** By `credential_source`. */
  readonly of: ReadonlyMap<string, () => Promise<AwsCredentials | null>>;
}

export interface ProfileRole {
  readonly arn: string;
  readonly session: string | undefined;
  readonly externalId: string | undefined;
}

interface SharedFiles {
  readonly keys: string;
  readonly config: string;
}

/** Profiles that name one another. */
const PROFILES_MAX = 8;

/**
 * By its profile in the shared files: a role, keys, a process that prints some, or a login by SSO. Null when nothing of them is
 * there.
 */
export async function ofProfile(options: ProfileOptions, sources: RoleSources): Promise<AwsCredentials | null> {
  const { environment, homeFolder, readText } = options;
  const name = options.profile ?? (environment['AWS_PROFILE'] || 'default');
  const read = (path: string): Promise<string> => readText(path).catch(() => '');
  const keys = await read(environment['AWS_SHARED_CREDENTIALS_FILE'] || `${homeFolder}/.aws/credentials`);
  const config = await read(environment['AWS_CONFIG_FILE'] || `${homeFolder}/.aws/config`);

  async function find(wanted: string, depth: number): Promise<AwsCredentials | null> {
    const profiles = profilesNamed(wanted, { keys, config });
    const textOfPair = (key: string): string | undefined => profiles.find((profile) => profile.has(key))?.get(key);
    const arn = textOfPair('role_arn');
    if (arn === undefined) return ofOwn(profiles, config, options);
    const role = { arn, session: textOfPair('role_session_name'), externalId: textOfPair('external_id') };
    const tokenFile = textOfPair('web_identity_token_file');
    const from = textOfPair('source_profile');
    const source = textOfPair('credential_source');
    if (from === undefined && source === undefined && tokenFile !== undefined)
      return sources.assumeByToken(role, tokenFile);
    if (depth === PROFILES_MAX)
      throw new Error(`source_profile of ${wanted}: more than ${PROFILES_MAX} profiles, one after another`);
    // A profile that names itself means its own keys.
    const isOwn = from === wanted || (from === undefined && source === undefined);
    const by = isOwn
      ? await ofOwn(profiles, config, options)
      : from === undefined
        ? await sources.of.get(source ?? '')?.()
        : await find(from, depth + 1);
    if (!by) throw new Error(`the profile ${wanted} has a role, and nothing to assume it with`);
    return sources.assume(role, by);
  }

  const found = await find(name, 1);
  if (found === null && options.profile !== null) {
    throw new Error(`the shared files have no keys for the profile ${name}`);
  }
  return found;
}

/** Of the file with keys, then of the other; what the first says counts more. */
function profilesNamed(name: string, { keys, config }: SharedFiles): readonly Pairs[] {
  return [readProfile(keys, name), readProfile(config, name === 'default' ? name : `profile ${name}`)];
}

async function ofOwn(
  profiles: readonly Pairs[],
  config: string,
  options: ProfileOptions,
): Promise<AwsCredentials | null> {
  for (const profile of profiles) {
    const found = keysOf(profile) ?? (await ofProcess(profile, options)) ?? (await ofSso(profile, config, options));
    if (found !== null) return found;
  }
  return null;
}

function keysOf(profile: Pairs): AwsCredentials | null {
  const accessKeyId = profile.get('aws_access_key_id');
  const secretAccessKey = profile.get('aws_secret_access_key');
  if (accessKeyId === undefined || secretAccessKey === undefined) return null;
  return { accessKeyId, secretAccessKey, sessionToken: profile.get('aws_session_token') ?? null, expiresAtMs: null };
}

/** It prints {"Version": 1, "AccessKeyId": …, "SecretAccessKey": …, "SessionToken": …, "Expiration": …}. */
async function ofProcess(profile: Pairs, { run }: ProfileOptions): Promise<AwsCredentials | null> {
  const line = profile.get('credential_process');
  if (line === undefined) return null;
  const command = splitCommand(line);
  if (command === null) throw new Error('credential_process: expected a command, its quotes closed');
  const printed = await run(command);
  try {
    if (memberOf(JSON.parse(printed), 'Version') === 1) return readKeys(printed);
  } catch {
    // What it printed may be secret: the error must not have it.
  }
  throw new Error(`credential_process ${command[0]}: expected {"Version": 1, "AccessKeyId": …, "SecretAccessKey": …}`);
}

/**
 * Of a login by `aws sso login`, whose token it leaves in ~/.aws/sso/cache under the SHA-1 of the session's name, or of the start URL of
 * a profile without one. Rejects when the token has ended: somebody must log in again.
 */
async function ofSso(profile: Pairs, config: string, options: ProfileOptions): Promise<AwsCredentials | null> {
  const account = profile.get('sso_account_id');
  const role = profile.get('sso_role_name');
  if (account === undefined || role === undefined) return null;
  const session = profile.get('sso_session');
  const login = session === undefined ? profile : readProfile(config, `sso-session ${session}`);
  const region = login.get('sso_region');
  const startUrl = login.get('sso_start_url');
  if (region === undefined || startUrl === undefined) {
    throw new Error(`sso-session ${session ?? ''}: expected sso_region and sso_start_url`);
  }
  if (!/^[a-z0-9-]+$/.test(region)) throw new Error('sso_region: expected a region');
  const token = await readToken(session ?? startUrl, options);
  return askPortal({ account, role, region, token }, options);
}

async function readToken(name: string, { homeFolder, readText, nowMs }: ProfileOptions): Promise<string> {
  const file = `${homeFolder}/.aws/sso/cache/${createHash('sha1').update(name).digest('hex')}.json`;
  const cached: unknown = await readText(file)
    .then(JSON.parse, () => null)
    .catch(() => null);
  const token = textOf(cached, 'accessToken');
  if (token === null || (timeOf(textOf(cached, 'expiresAt')) ?? 0) <= nowMs()) {
    throw new Error(`SSO ${name}: no login, or one that has ended: aws sso login`);
  }
  return token;
}

interface PortalQuestion {
  readonly account: string;
  readonly role: string;
  readonly region: string;
  readonly token: string;
}

/** GetRoleCredentials of SSO's portal; times are milliseconds since 1970. */
async function askPortal(
  { account, role, region, token }: PortalQuestion,
  { ask, environment }: ProfileOptions,
): Promise<AwsCredentials> {
  const host = environment['AWS_ENDPOINT_URL_SSO'] || `https://portal.sso.${region}.${domainOf(region)}`;
  const query = new URLSearchParams({ account_id: account, role_name: role });
  const url = `${host.replace(/\/$/, '')}/federation/credentials?${query.toString()}`;
  const { status, body } = await ask({ method: 'GET', url, headers: { 'x-amz-sso_bearer_token': token }, body: '' });
  if (status !== 200) throw new Error(`SSO GetRoleCredentials: ${status}`);
  const keys = memberOf(JSON.parse(body), 'roleCredentials');
  const accessKeyId = textOf(keys, 'accessKeyId');
  const secretAccessKey = textOf(keys, 'secretAccessKey');
  const expiration = memberOf(keys, 'expiration');
  if (accessKeyId === null || secretAccessKey === null)
    throw new Error('SSO GetRoleCredentials: no keys in its answer');
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken: textOf(keys, 'sessionToken'),
    expiresAtMs: typeof expiration === 'number' ? expiration : null,
  };
}

/** Of AWS's services in a region. */
export function domainOf(region: string): string {
  return DOMAINS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'amazonaws.com';
}

/** Of partitions that are apart. */
const DOMAINS: readonly (readonly [regions: string, domain: string])[] = [
  ['cn-', 'amazonaws.com.cn'],
  ['us-iso-', 'c2s.ic.gov'],
  ['us-isob-', 'sc2s.sgov.gov'],
];
