/** What a status means to X-Ray. */
export interface StatusMeaning {
  readonly code: number;
  readonly name: string;
  /** What `http.response.status` says, and with it the flags: filters on HTTP statuses work for gRPC too. */
  readonly http: number;
}

export const CANCELLED = 1;
export const UNKNOWN = 2;
export const DEADLINE_EXCEEDED = 4;
export const UNAVAILABLE = 14;

/** Codes by grpc/grpc, doc/statuscodes.md; their HTTP statuses by google/rpc/code.proto. The position is the code. */
const STATUSES: readonly (readonly [name: string, http: number])[] = [
  ['OK', 200],
  ['CANCELLED', 499],
  ['UNKNOWN', 500],
  ['INVALID_ARGUMENT', 400],
  ['DEADLINE_EXCEEDED', 504],
  ['NOT_FOUND', 404],
  ['ALREADY_EXISTS', 409],
  ['PERMISSION_DENIED', 403],
  ['RESOURCE_EXHAUSTED', 429],
  ['FAILED_PRECONDITION', 400],
  ['ABORTED', 409],
  ['OUT_OF_RANGE', 400],
  ['UNIMPLEMENTED', 501],
  ['INTERNAL', 500],
  ['UNAVAILABLE', 503],
  ['DATA_LOSS', 500],
  ['UNAUTHENTICATED', 401],
];

const MEANINGS: readonly StatusMeaning[] = STATUSES.map(([name, http], code) => ({ code, name, http }));
const NO_STATUS: StatusMeaning = { code: UNKNOWN, name: 'UNKNOWN', http: 500 };

/** A code that is none is UNKNOWN, as gRPC has it. */
export function meaningOf(code: number): StatusMeaning {
  return MEANINGS[code] ?? NO_STATUS;
}
