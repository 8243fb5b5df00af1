import { createHash, createHmac } from 'node:crypto';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken: string | null;
  /** Null when they do not end. */
  readonly expiresAtMs: number | null;
}

export interface RequestToSign {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case; all of them are signed. `host` and `x-amz-date` are added. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

export interface SigningScope {
  readonly region: string;
  /** `xray`, `sts` */
  readonly service: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * The request's headers with AWS's Signature Version 4.
 *
 *   canonical = method LF path LF query LF *( name ":" value LF ) LF names LF hex(sha256(body))
 *   text      = "AWS4-HMAC-SHA256" LF time LF scope LF hex(sha256(canonical))   ; scope = date/region/service/aws4_request
 *   key       = hmac(hmac(hmac(hmac("AWS4" secret, date), region), service), "aws4_request")
 *
 * Source: AWS General Reference, "Create a signed AWS API request".
 */
export function signV4(
  { method, url, headers, body }: RequestToSign,
  { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials,
  { region, service }: SigningScope,
  atMs: number,
): Record<string, string> {
  const time = new Date(atMs).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const date = time.slice(0, 8);
  const signed: Record<string, string> = {
    ...headers,
    host: url.host,
    'x-amz-date': time,
    ...(sessionToken !== null && { 'x-amz-security-token': sessionToken }),
  };
  const names = Object.keys(signed).sort();
  const list = names.join(';');
  const canonical = [
    method,
    encodePath(url.pathname),
    canonicalQuery(url),
    ...names.map((name) => `${name}:${(signed[name] ?? '').trim().replaceAll(/ +/g, ' ')}`),
    '',
    list,
    sha256(body),
  ].join('\n');
  const scope = `${date}/${region}/${service}/aws4_request`;
  const text = [ALGORITHM, time, scope, sha256(canonical)].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce<Buffer>(hmac, Buffer.from(`AWS4${secretAccessKey}`));
  const signature = hmac(key, text).toString('hex');
  const authorization = `${ALGORITHM} Credential=${accessKeyId}/${scope}, SignedHeaders=${list}, Signature=${signature}`;
  return { ...signed, authorization };
}

/** The URL has encoded it once; all services but S3 sign what is encoded once more. */
function encodePath(path: string): string {
  return path.split('/').map(encodeStrictly).join('/');
}

function canonicalQuery({ searchParams }: URL): string {
  return [...searchParams]
    .map(([name, value]) => `${encodeStrictly(name)}=${encodeStrictly(value)}`)
    .sort()
    .join('&');
}

function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
