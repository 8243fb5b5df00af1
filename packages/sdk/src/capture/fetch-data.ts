import { safeParseInt, type HttpResponseData } from '../http-facts.ts';

/** The part of a `Request` that is looked at. */
export interface FetchRequestFacts {
  readonly url?: string | URL | undefined;
  readonly method?: string | undefined;
}

/** The part of a `Response` that is looked at. */
export interface FetchResponseFacts {
  readonly status: number;
  readonly headers?: { get(name: string): string | null };
}

/** A subsegment's `http`. */
export interface FetchData {
  readonly request: { readonly url: string; readonly method: string };
  readonly response?: HttpResponseData;
}

export function fetchDataOf(request: FetchRequestFacts, response?: FetchResponseFacts | null): FetchData {
  const asked = { url: publicUrlOf(String(request.url ?? '')), method: request.method ?? '' };
  if (response == null) return { request: asked };
  const answered: HttpResponseData = { status: response.status };
  const length = response.headers?.get('content-length');
  if (length) answered.content_length = safeParseInt(length);
  return { request: asked, response: answered };
}

/** Without what may be secret: credentials, query and fragment. */
function publicUrlOf(text: string): string {
  if (!URL.canParse(text)) return '';
  const { protocol, host, pathname } = new URL(text);
  return `${protocol}//${host}${pathname}`;
}
