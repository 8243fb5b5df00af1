import {
  getHttpResponseData,
  stripQueryStringFromPath,
  type HttpResponseData,
  type ResponseFacts,
} from './http-facts.ts';

/** The part of an outgoing request that is looked at: what `http.request` returns has it. */
export interface RequestFacts {
  readonly method?: string | undefined;
  readonly path?: string | undefined;
  readonly host?: string | undefined;
  readonly protocol?: string | undefined;
  readonly agent?: unknown;
  getHeader?(name: string): unknown;
}

/** A subsegment's `http`: a call to another service. */
export class RemoteRequestData {
  request: { url: string; method: string };
  response?: HttpResponseData;

  constructor(request: RequestFacts, response?: ResponseFacts | null) {
    this.request = { url: readUrl(request), method: request.method ?? '' };
    if (response != null) this.response = getHttpResponseData(response);
  }
}

/** Without port and query. */
function readUrl(request: RequestFacts): string {
  const { agent } = request;
  const ofAgent = typeof agent === 'object' && agent !== null && 'protocol' in agent ? agent.protocol : undefined;
  const protocol = request.protocol ?? ofAgent;
  if (typeof protocol !== 'string' || protocol === '') return '';
  const header = request.getHeader?.('host');
  return `${protocol}//${request.host || (typeof header === 'string' ? header : '')}${stripQueryStringFromPath(request.path)}`;
}
