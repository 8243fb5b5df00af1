/**
 * Every error a client can get, with its status. X-Ray's own names where it has one; docs/errors.md says
 * for each what happened and what to do.
 */
export const API_ERROR_STATUS = {
  InvalidRequestException: 400,
  IncompleteSignatureException: 400,
  InvalidPolicyRevisionIdException: 400,
  LockoutPreventionException: 400,
  MalformedPolicyDocumentException: 400,
  PolicyCountLimitExceededException: 400,
  PolicySizeLimitExceededException: 400,
  RuleLimitExceededException: 400,
  TooManyTagsException: 400,
  UnauthorizedException: 401,
  AccessDeniedException: 403,
  InvalidSignatureException: 403,
  MissingAuthenticationTokenException: 403,
  UnrecognizedClientException: 403,
  ResourceNotFoundException: 404,
  UnknownOperationException: 404,
  MethodNotAllowedException: 405,
  RequestTimeoutException: 408,
  RequestEntityTooLargeException: 413,
  UnsupportedMediaTypeException: 415,
  ThrottledException: 429,
  RequestHeaderFieldsTooLargeException: 431,
  InternalFailure: 500,
  ServiceUnavailable: 503,
} as const;

export type ApiErrorCode = keyof typeof API_ERROR_STATUS;

export interface ApiErrorOptions extends ErrorOptions {
  /** Sent as Retry-After: trying again is expected to help. */
  readonly retryAfterSeconds?: number;
  /** The ARN or name that ResourceNotFoundException and TooManyTagsException are about. */
  readonly resourceName?: string;
}

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ApiErrorCode;
  /** The message without the code: what a client is shown, unless the status is 5xx. */
  readonly text: string;
  readonly retryAfterSeconds: number | null;
  readonly resourceName: string | null;

  constructor(code: ApiErrorCode, text: string, options: ApiErrorOptions = {}) {
    super(`[${code}] ${text}`, options);
    this.code = code;
    this.text = text;
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
    this.resourceName = options.resourceName ?? null;
  }

  get status(): number {
    return API_ERROR_STATUS[this.code];
  }
}
