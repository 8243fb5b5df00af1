import { getHttpResponseData, type HttpResponseData, type ResponseFacts } from '../http-facts.ts';

/** The part of an incoming request that is looked at. */
export interface IncomingFacts {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly socket?: ConnectionFacts | null | undefined;
  readonly connection?: ConnectionFacts | null | undefined;
}

interface ConnectionFacts {
  readonly remoteAddress?: string | undefined;
  readonly encrypted?: boolean | undefined;
  readonly secure?: boolean | undefined;
}

export interface IncomingRequest {
  method: string;
  user_agent: string;
  client_ip: string;
  url: string;
  /** The address is what the client, or a proxy before it, says. */
  x_forwarded_for?: boolean;
}

/** A segment's `http`. */
export class IncomingRequestData {
  request: IncomingRequest;
  response?: HttpResponseData;

  constructor(request: IncomingFacts) {
    const { headers } = request;
    const forwarded = textOf(headers['x-forwarded-for']);
    const connection = request.socket ?? request.connection;
    const scheme = connection?.encrypted === true || connection?.secure === true ? 'https' : 'http';
    this.request = {
      method: request.method ?? '',
      user_agent: textOf(headers['user-agent']),
      client_ip: forwarded === '' ? (connection?.remoteAddress ?? '') : (forwarded.split(',')[0] ?? '').trim(),
      url: connection == null ? '' : `${scheme}://${textOf(headers['host'])}${request.url ?? ''}`,
    };
    if (forwarded !== '') this.request.x_forwarded_for = true;
  }

  close(response: ResponseFacts): void {
    this.response = getHttpResponseData(response);
  }
}

function textOf(value: string | readonly string[] | undefined): string {
  return typeof value === 'string' ? value : (value?.[0] ?? '');
}
