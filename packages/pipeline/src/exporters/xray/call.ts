import type { Post, PostAnswer } from '../http-post.ts';
import type { CredentialCache } from './credentials.ts';
import { signV4 } from './sign-v4.ts';

export interface XrayCallOptions {
  /** Of X-Ray's API, without a path: AWS's own or ours. */
  readonly endpoint: string;
  readonly region: string;
  /** Null: requests are not signed. */
  readonly credentials: Pick<CredentialCache, 'current'> | null;
  readonly nowMs: () => number;
  readonly post: Post;
}

/** An operation by its path, with its input as JSON. Null when there are no credentials; rejects when there is no answer. */
export type XrayCall = (path: string, body: string, signal: AbortSignal) => Promise<PostAnswer | null>;

export function createXrayCall({ endpoint, region, credentials, nowMs, post }: XrayCallOptions): XrayCall {
  return async (path, body, signal) => {
    const url = new URL(path, endpoint);
    const headers = { 'content-type': 'application/json' };
    const keys = await credentials?.current();
    if (keys === null) return null;
    if (keys === undefined) return post(url, headers, body, signal);
    const signed = signV4({ method: 'POST', url, headers, body }, keys, { region, service: 'xray' }, nowMs());
    return post(url, withoutHost(signed), body, signal);
  };
}

/** Node sets it itself, from the URL. */
function withoutHost({ host: _host, ...headers }: Readonly<Record<string, string>>): Record<string, string> {
  return headers;
}
