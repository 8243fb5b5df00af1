import { domainOf, signV4, type CredentialCache } from '@fluoroscope/pipeline/xray';
import { arch, platform } from 'node:process';
import type { HttpAnswer, HttpClient } from './http-client.ts';

/** X-Ray's API at one address, signed where there is something to sign with. */
export interface Endpoint {
  /** As the log names it. */
  readonly name: string;
  readonly call: (call: EndpointCall) => Promise<HttpAnswer>;
}

export interface EndpointCall {
  readonly path: string;
  readonly body: Uint8Array | string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface EndpointOptions {
  readonly url: URL;
  readonly region: string;
  readonly credentials: CredentialCache;
  readonly client: HttpClient;
  readonly userAgent: string;
  readonly nowMs: () => number;
}

/** Of AWS's own endpoints, a VPC's among them: what they sign for stands in their name. */
const AWS_HOST =
  /^(?:vpce-[a-z0-9-]+\.)?xray(?:-fips)?\.([a-z0-9-]+)\.(?:vpce\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws|c2s\.ic\.gov|sc2s\.sgov\.gov)$/;

/** X-Ray in a region, as the SDKs' variables choose it. */
export function awsEndpoint(region: string, environment: Readonly<Record<string, string | undefined>>): URL {
  const isOn = (name: string): boolean => environment[name]?.toLowerCase() === 'true';
  const service = isOn('AWS_USE_FIPS_ENDPOINT') ? 'xray-fips' : 'xray';
  const domain = isOn('AWS_USE_DUALSTACK_ENDPOINT') && !region.startsWith('cn-') ? 'api.aws' : domainOf(region);
  return new URL(`https://${service}.${region}.${domain}`);
}

/** Null for an endpoint that is not AWS's. */
export function regionInName({ hostname }: URL): string | null {
  return AWS_HOST.exec(hostname)?.[1] ?? null;
}

export function createEndpoint(options: EndpointOptions): Endpoint {
  const { url, region, credentials, client, userAgent, nowMs } = options;
  const base = url.href.replace(/\/+$/, '');
  const scope = { region: regionInName(url) ?? region, service: 'xray' };
  return {
    name: url.host,
    async call({ path, body, ...rest }) {
      const atMs = nowMs();
      const request = {
        method: 'POST',
        url: new URL(`${base}${path}`),
        headers: {
          'content-type': 'application/json',
          'user-agent': userAgent,
          'x-amzn-xray-timestamp': (atMs / 1_000).toFixed(9),
        },
        body,
      };
      const keys = await credentials.current();
      const headers =
        keys === null ? { ...request.headers, host: request.url.host } : signV4(request, keys, scope, atMs);
      return client.call({ ...request, headers, ...rest });
    },
  };
}

export function printUserAgent(version: string, environment: Readonly<Record<string, string | undefined>>): string {
  const where = environment['AWS_EXECUTION_ENV'] || 'UNKNOWN';
  // A variable of somebody else's: it must make a header.
  const plain = where.replaceAll(/[^\w.\-+/]/g, '_');
  return `fluoroscope-daemon/${version} exec-env/${plain} OS/${platform}-${arch}`;
}
