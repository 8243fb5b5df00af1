import { XRayClient } from '@aws-sdk/client-xray';
import type { SignedRequest } from '../canonical-request.ts';

/** Tests only: requests signed by AWS's own code. */
export interface ToSign {
  readonly method?: string;
  /** As in the request line, encoded. */
  readonly path?: string;
  readonly query?: Readonly<Record<string, string | string[]>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly region?: string;
  readonly service?: string;
  readonly sessionToken?: string;
  readonly atMs?: number;
}

export interface KeyPair {
  readonly id: string;
  readonly secret: string;
}

export interface Signed extends SignedRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export async function signByAws({ id, secret }: KeyPair, request: ToSign = {}): Promise<Signed> {
  const { method = 'POST', path = '/TraceSegments', query = {}, body = '{}', sessionToken } = request;
  const { region = 'eu-west-1', service = 'xray', atMs = Date.now(), headers = {} } = request;
  const client = new XRayClient({
    region,
    credentials: { accessKeyId: id, secretAccessKey: secret, ...(sessionToken !== undefined && { sessionToken }) },
  });
  const scheme = { schemeId: 'aws.auth#sigv4', signingName: service, signingRegion: region, properties: {} };
  const signer = await client.config.signer({ ...scheme, name: 'sigv4' });
  const sent = { host: 'localhost:2000', ...headers };
  const shape = { protocol: 'http:', hostname: 'localhost', port: 2000, method, path, query, headers: sent, body };
  const signed = await signer.sign(shape, { signingDate: new Date(atMs) });
  return {
    method,
    url: printUrl(path, query),
    rawHeaders: Object.entries(signed.headers).flat(),
    headers: signed.headers,
    body: Buffer.from(body),
  };
}

function printUrl(path: string, query: NonNullable<ToSign['query']>): string {
  const pairs = Object.entries(query).flatMap(([name, values]) =>
    [values].flat().map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`),
  );
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
}
