/** Of a status: 4xx is the caller's error, 5xx a fault; others are neither. */
export function getCauseTypeFromHttpStatus(status: number | string): 'error' | 'fault' | undefined {
  const number = Number(status);
  if (!Number.isInteger(number)) return undefined;
  if (number >= 400 && number <= 499) return 'error';
  return number >= 500 && number <= 599 ? 'fault' : undefined;
}

export function stripQueryStringFromPath(path: string | null | undefined): string {
  if (!path) return '';
  const question = path.indexOf('?');
  return question < 0 ? path : path.slice(0, question);
}

/** 0 for what is no number. */
export function safeParseInt(value: unknown): number {
  const number = typeof value === 'number' || typeof value === 'string' ? Math.trunc(Number(value)) : 0;
  return Number.isFinite(number) ? number : 0;
}

/** The part of a response that is looked at. Values may be of any type. */
export interface ResponseFacts {
  readonly statusCode?: unknown;
  readonly headers?: Readonly<Record<string, unknown>>;
}

export interface HttpResponseData {
  status?: number;
  content_length?: number;
}

export function getHttpResponseData(response: ResponseFacts | null | undefined): HttpResponseData {
  const data: HttpResponseData = {};
  if (response == null) return data;
  const status = safeParseInt(response.statusCode);
  if (status !== 0) data.status = status;
  const length = response.headers?.['content-length'];
  if (length) data.content_length = safeParseInt(length);
  return data;
}
