export type PipelineErrorCode = 'address-in-use' | 'address-not-allowed' | 'address-unknown' | 'listen-failed';

export class PipelineError extends Error {
  override readonly name = 'PipelineError';
  readonly code: PipelineErrorCode;

  constructor(code: PipelineErrorCode, message: string, options?: ErrorOptions) {
    super(`[${code}] ${message}`, options);
    this.code = code;
  }
}
