import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createCredentialCache, loadCredentials, type Ask, type CredentialOptions } from './credentials.ts';
import type { AwsCredentials } from './sign-v4.ts';

const IMDS = 'http://169.254.169.254/latest';
const JSON_KEYS = '{"AccessKeyId":"J","SecretAccessKey":"s","Token":"t","Expiration":"2026-11-21T14:00:00Z"}';
const XML_KEYS =
  '<r><AccessKeyId>X</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2026-11-21T14:00:00Z</Expiration></r>';
const FILES = {
  '/home/.aws/credentials':
    '[default]\naws_access_key_id = F\naws_secret_access_key=s\n[other]\naws_access_key_id=O\naws_secret_access_key=s\naws_session_token=t',
  '/home/.aws/config': '[profile third]\nregion=eu-west-1\naws_access_key_id=T\naws_secret_access_key=s',
  '/token': 'web\n',
};
const NO_FILES = {};
const PORTAL = 'https://portal.sso.eu-west-1.amazonaws.com/federation/credentials?account_id=1&role_name=dev';
const SSO_KEYS = '{"roleCredentials":{"accessKeyId":"S","secretAccessKey":"s","sessionToken":"t","expiration":1000}}';
const LOGIN = '{"accessToken":"login","expiresAt":"2026-11-21T14:00:00Z"}';
/** The SHA-1 of the session's name, and of the start URL. */
const [OF_SESSION, OF_URL] = ['my-sso', 'https://d.example/start'].map(
  (name) => `/home/.aws/sso/cache/${createHash('sha1').update(name).digest('hex')}.json`,
);
const SESSION =
  '[default]\nsso_session = my-sso\nsso_account_id = 1\nsso_role_name = dev\n[sso-session my-sso]\nsso_region = eu-west-1\nsso_start_url = https://d.example/start';
const LEGACY =
  '[default]\nsso_account_id=1\nsso_role_name=dev\nsso_region=eu-west-1\nsso_start_url=https://d.example/start';
const PROCESS = '[profile tool]\ncredential_process = "/opt/my tool" --for dev';
const PRINTED = '{"Version":1,"AccessKeyId":"P","SecretAccessKey":"s","SessionToken":"t"}';

type World = { files?: Record<string, string>; web?: Record<string, string> } & Partial<CredentialOptions>;

test.each<[string, World, string | null]>([
  ['the environment comes first', { environment: { AWS_ACCESS_KEY_ID: 'E', AWS_SECRET_ACCESS_KEY: 's' } }, 'E'],
  ['half of it is none', { environment: { AWS_ACCESS_KEY_ID: 'E' } }, 'F'],
  ['the default profile', {}, 'F'],
  ['AWS_PROFILE', { environment: { AWS_PROFILE: 'other' } }, 'O'],
  ['a profile of the config file', { environment: { AWS_PROFILE: 'third' } }, 'T'],
  [
    'a profile that was chosen beats the environment',
    { profile: 'other', environment: { AWS_ACCESS_KEY_ID: 'E', AWS_SECRET_ACCESS_KEY: 's' } },
    'O',
  ],
  [
    'an EKS service account',
    {
      environment: { AWS_WEB_IDENTITY_TOKEN_FILE: '/token', AWS_ROLE_ARN: 'arn' },
      web: { 'POST https://sts.eu-west-1.amazonaws.com/': XML_KEYS },
    },
    'X',
  ],
  [
    'ECS',
    {
      files: NO_FILES,
      environment: { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/x' },
      web: { 'GET http://169.254.170.2/v2/x': JSON_KEYS },
    },
    'J',
  ],
  [
    'EKS pod identity',
    {
      files: { '/token': 'pod' },
      environment: {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/c',
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/token',
      },
      web: { 'GET http://169.254.170.23/v1/c pod': JSON_KEYS },
    },
    'J',
  ],
  [
    'EC2',
    {
      files: NO_FILES,
      web: {
        [`PUT ${IMDS}/api/token`]: 'T',
        [`GET ${IMDS}/meta-data/iam/security-credentials/`]: 'role',
        [`GET ${IMDS}/meta-data/iam/security-credentials/role`]: JSON_KEYS,
      },
    },
    'J',
  ],
  [
    'EC2, switched off',
    { files: NO_FILES, environment: { AWS_EC2_METADATA_DISABLED: 'true' }, web: { [`PUT ${IMDS}/api/token`]: 'T' } },
    null,
  ],
  [
    'a process',
    {
      files: { '/home/.aws/config': PROCESS },
      environment: { AWS_PROFILE: 'tool' },
      run: async (command) => (command.join('|') === '/opt/my tool|--for|dev' ? PRINTED : ''),
    },
    'P',
  ],
  [
    'SSO',
    { files: { '/home/.aws/config': SESSION, [OF_SESSION ?? '']: LOGIN }, web: { [`GET ${PORTAL}`]: SSO_KEYS } },
    'S',
  ],
  [
    'SSO without a session',
    { files: { '/home/.aws/config': LEGACY, [OF_URL ?? '']: LOGIN }, web: { [`GET ${PORTAL}`]: SSO_KEYS } },
    'S',
  ],
  ['none', { files: NO_FILES }, null],
  ['a role', { roleArn: 'arn', web: { 'POST https://sts.eu-west-1.amazonaws.com/': XML_KEYS } }, 'X'],
  [
    'a role in China',
    { roleArn: 'arn', region: 'cn-north-1', web: { 'POST https://sts.cn-north-1.amazonaws.com.cn/': XML_KEYS } },
    'X',
  ],
])('%s', async (_name, world, accessKeyId) => {
  expect((await loadCredentials(optionsOf(world)))?.accessKeyId ?? null).toBe(accessKeyId);
});

test.each<[string, World, string]>([
  ['a profile that is none', { profile: 'nobody' }, 'nobody'],
  [
    'a process that prints something else',
    { files: { '/home/.aws/config': PROCESS }, profile: 'tool', run: async () => '{"Version":2}' },
    'credential_process /opt/my tool: expected {"Version": 1',
  ],
  ['a login that is not there', { files: { '/home/.aws/config': SESSION } }, 'SSO my-sso: no login'],
  [
    'a login that has ended',
    {
      files: { '/home/.aws/config': SESSION, [OF_SESSION ?? '']: LOGIN },
      nowMs: () => Date.parse('2026-11-21T14:00:00Z'),
    },
    'aws sso login',
  ],
  [
    'a login that the portal refuses',
    { files: { '/home/.aws/config': SESSION, [OF_SESSION ?? '']: LOGIN } },
    'GetRoleCredentials: 404',
  ],
  [
    'a role that leads back to itself',
    {
      files: {
        '/home/.aws/config':
          '[profile a]\nrole_arn = r\nsource_profile = b\n[profile b]\nrole_arn = r\nsource_profile = a',
      },
      profile: 'a',
    },
    'source_profile of b: more than 8 profiles',
  ],
  [
    'a role with nothing to assume it',
    { files: { '/home/.aws/config': '[profile a]\nrole_arn = r\nsource_profile = nobody' }, profile: 'a' },
    'the profile a has a role, and nothing to assume it with',
  ],
  ['a role that may not be assumed', { roleArn: 'arn', web: {} }, 'STS AssumeRole: 404'],
  [
    'a host that may be anybody',
    { files: NO_FILES, environment: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://evil.example/' } },
    'evil.example',
  ],
])('%s is an error', async (_name, world, message) => {
  await expect(loadCredentials(optionsOf(world))).rejects.toThrow(message);
});

// As AWS's SDKs read a profile with a role.
test.each<[string, string, string, string[]]>([
  ['of another profile', 'role_arn = r1\nsource_profile = base', 'X', ['AssumeRole r1 xray-daemon by BASE']],
  [
    'of its own keys',
    'role_arn = r1\nsource_profile = dev\naws_access_key_id = OWN\naws_secret_access_key = s',
    'X',
    ['AssumeRole r1 xray-daemon by OWN'],
  ],
  [
    'of a role of another',
    'role_arn = r1\nsource_profile = second',
    'X',
    ['AssumeRole r2 xray-daemon by BASE', 'AssumeRole r1 xray-daemon by X'],
  ],
  [
    'with a name and an external id',
    'role_arn = r1\nsource_profile = base\nrole_session_name = me\nexternal_id = e',
    'X',
    ['AssumeRole r1 me e by BASE'],
  ],
  ['of the environment', 'role_arn = r1\ncredential_source = Environment', 'X', ['AssumeRole r1 xray-daemon by ENV']],
  [
    'by a token',
    'role_arn = r1\nweb_identity_token_file = /token',
    'X',
    ['AssumeRoleWithWebIdentity r1 xray-daemon by nobody'],
  ],
])('a role in a profile, %s', async (_name, profile, accessKeyId, expected) => {
  const asked: string[] = [];
  const base = '[profile base]\naws_access_key_id = BASE\naws_secret_access_key = s\n';
  const second = '[profile second]\nrole_arn = r2\nsource_profile = base\n';
  const world = { files: { '/home/.aws/config': `[profile dev]\n${profile}\n${base}${second}`, '/token': 'web' } };
  const ask: Ask = async ({ headers, body }) => {
    const form = new URLSearchParams(body);
    const by = /Credential=([^/]+)/.exec(headers['authorization'] ?? '')?.[1] ?? 'nobody';
    const words = ['Action', 'RoleArn', 'RoleSessionName', 'ExternalId'].flatMap((name) => form.get(name) ?? []);
    asked.push(`${words.join(' ')} by ${by}`);
    return { status: 200, body: XML_KEYS };
  };
  const environment = { AWS_ACCESS_KEY_ID: 'ENV', AWS_SECRET_ACCESS_KEY: 's' };
  const found = await loadCredentials({ ...optionsOf(world), profile: 'dev', environment, ask });
  expect([found?.accessKeyId, asked]).toEqual([accessKeyId, expected]);
});

test('a role is asked for with a signature, a web identity without', async () => {
  const seen: (string | undefined)[] = [];
  const ask: Ask = async ({ headers }) => {
    seen.push(headers['authorization']?.slice(0, 16));
    return { status: 200, body: XML_KEYS };
  };
  await loadCredentials({ ...optionsOf({ roleArn: 'arn' }), ask });
  await loadCredentials({
    ...optionsOf({ environment: { AWS_WEB_IDENTITY_TOKEN_FILE: '/token', AWS_ROLE_ARN: 'arn' } }),
    ask,
  });
  expect(seen).toEqual(['AWS4-HMAC-SHA256', undefined]);
});

test('temporary keys are renewed before they end, the old ones serve until then', async () => {
  const clock = { ms: 0 };
  const keys = (n: number): AwsCredentials => ({
    accessKeyId: `k${n}`,
    secretAccessKey: 's',
    sessionToken: null,
    expiresAtMs: clock.ms + 400_000,
  });
  let loads = 0;
  const cache = createCredentialCache({
    load: async () => keys((loads += 1)),
    failed: () => {},
    nowMs: () => clock.ms,
  });
  const id = async (): Promise<string | undefined> => (await cache.current())?.accessKeyId;
  expect([await id(), await id()]).toEqual(['k1', 'k1']);
  clock.ms = 150_000;
  expect(await id()).toBe('k1');
  expect(await id()).toBe('k2');
  clock.ms = 900_000;
  expect(await id()).toBe('k3');
});

test('a failure is told once a while, and none are given', async () => {
  const clock = { ms: 0 };
  const told: unknown[] = [];
  const cache = createCredentialCache({
    load: () => Promise.reject(new Error('x')),
    failed: (error) => told.push(error),
    nowMs: () => clock.ms,
  });
  expect([await cache.current(), await cache.current(), told.length]).toEqual([null, null, 1]);
  clock.ms = 60_000;
  expect([await cache.current(), told.length]).toEqual([null, 2]);
});

/** `web`: answers by method, address and authorization; anything else is 404. */
function optionsOf({ files = FILES, web = {}, ...options }: World): CredentialOptions {
  const texts: Record<string, string> = files;
  return {
    environment: {},
    profile: null,
    roleArn: null,
    region: 'eu-west-1',
    homeFolder: '/home',
    nowMs: () => 0,
    readText: async (path) => texts[path] ?? Promise.reject(new Error(path)),
    ask: async ({ method, url, headers }) => {
      const body = web[`${method} ${url} ${headers['authorization']}`] ?? web[`${method} ${url}`];
      return body === undefined ? { status: 404, body: '' } : { status: 200, body };
    },
    ...options,
  };
}
