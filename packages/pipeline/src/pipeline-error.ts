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

  constructor(code: PipelineErrorCode, message: string, options?: ErrorOptions) {
    super(`[${code}] ${message}`, options);
    this.code = code;
  }
}
