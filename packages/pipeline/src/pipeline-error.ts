/** `full`: for the moment; who sends may come again. `closed`: this part has ended. */
export type PipelineErrorCode =
  | 'address-in-use'
  | 'address-not-allowed'
  | 'address-unknown'
  | 'listen-failed'
  | 'full'
  | 'closed';

export class PipelineError extends Error {
  override readonly name = 'PipelineError';
  readonly code: PipelineErrorCode;
  /** Of `full`, where some of several consumers took the parcels: hands them to the others, and rejects likewise. */
  readonly rest: (() => Promise<void>) | null;

  constructor(
    code: PipelineErrorCode,
    message: string,
    options?: ErrorOptions & { readonly rest?: () => Promise<void> },
  ) {
    super(`[${code}] ${message}`, options);
    this.code = code;
    this.rest = options?.rest ?? null;
  }
}
