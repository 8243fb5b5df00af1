import { readFile } from 'node:fs/promises';
import {
  findHomeFolder,
  createCredentialCache,
  createPoster,
  domainOf,
  loadCredentials,
  type CredentialCache,
  type Poster,
  type XrayCallOptions,
} from '@fluoroscope/pipeline';
import { z } from 'zod';
import { text, url } from '../config/kinds.ts';
import type { CollectorEnvironment } from './component.ts';
import { readClientTls, urlTls, type ClientTlsFiles } from './tls.ts';

// What every component has that calls X-Ray's API: AWS's own, or one that speaks as it.

/** Of an answer of AWS's credential services. */
const ASK_MS_MAX = 5_000;

const flag = z.boolean({ error: 'expected true or false' });
const region = z.string({ error: 'expected a region' }).regex(/^[a-z]{2}[a-z0-9-]{1,30}$/, 'expected a region');

export interface XrayEndpointConfig {
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  readonly sign: boolean;
  readonly access_key_id: string | undefined;
  readonly secret_access_key: string | undefined;
  readonly session_token: string | undefined;
  readonly profile: string | undefined;
  readonly role_arn: string | undefined;
  readonly tls: ClientTlsFiles;
}

export const XRAY_ENDPOINT: { readonly [Key in keyof XrayEndpointConfig]: z.ZodType<XrayEndpointConfig[Key]> } = {
  endpoint: url.optional(),
  region: region.optional(),
  sign: flag.default(true),
  access_key_id: text.optional(),
  secret_access_key: text.optional(),
  session_token: text.optional(),
  profile: text.optional(),
  role_arn: text.optional(),
  tls: urlTls,
};

export interface XrayEndpoint {
  readonly endpoint: string;
  readonly region: string;
}

/** Null, with an issue, when the region or half of the keys is missing. */
export function endpointOf(
  config: XrayEndpointConfig,
  environment: CollectorEnvironment,
  context: z.RefinementCtx,
): XrayEndpoint | null {
  const where = config.region ?? environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'];
  const refuse = (key: string, message: string): null => {
    context.addIssue({ code: 'custom', path: [key], message });
    return null;
  };
  if (where === undefined && (config.sign || config.endpoint === undefined)) {
    return refuse('region', 'expected a region, here or in AWS_REGION');
  }
  if ((config.access_key_id === undefined) !== (config.secret_access_key === undefined)) {
    return refuse('secret_access_key', 'expected access_key_id and secret_access_key, or neither');
  }
  const target = where ?? '';
  return { region: target, endpoint: config.endpoint ?? `https://xray.${target}.${domainOf(target)}` };
}

interface EndpointParts {
  readonly nowMs: () => number;
  readonly troubled: (what: string, error: unknown) => void;
}

/** Rejects when its certificates cannot be read. */
export async function openXrayEndpoint(
  { endpoint, region: where }: XrayEndpoint,
  config: XrayEndpointConfig,
  environment: CollectorEnvironment,
  parts: EndpointParts,
): Promise<{ readonly poster: Poster; readonly options: XrayCallOptions }> {
  const poster = createPoster(await readClientTls(config.tls));
  const credentials = config.sign ? credentialsOf(config, where, environment, parts) : null;
  return { poster, options: { endpoint, region: where, credentials, nowMs: parts.nowMs, post: poster.post } };
}

function credentialsOf(
  config: XrayEndpointConfig,
  where: string,
  environment: CollectorEnvironment,
  { nowMs, troubled }: EndpointParts,
): Pick<CredentialCache, 'current'> {
  const { access_key_id: id, secret_access_key: secret, session_token: token, profile, role_arn: roleArn } = config;
  const written: CollectorEnvironment =
    id === undefined ? environment : { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token };
  const load = (): ReturnType<typeof loadCredentials> =>
    loadCredentials({
      environment: written,
      profile: profile ?? null,
      roleArn: roleArn ?? null,
      region: where,
      readText: (path) => readFile(path, 'utf8'),
      homeFolder: findHomeFolder(),
      ask: async ({ method, url: target, headers: sent, body }) => {
        const response = await fetch(target, {
          method,
          headers: sent,
          ...(body !== '' && { body }),
          redirect: 'error',
          signal: AbortSignal.timeout(ASK_MS_MAX),
        });
        return { status: response.status, body: await response.text() };
      },
      nowMs,
    });
  return createCredentialCache({ load, nowMs, failed: (error) => troubled('AWS credentials could not be had', error) });
}
