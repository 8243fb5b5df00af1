/** What the user must mend before the daemon can start. */
export class DaemonError extends Error {
  override readonly name = 'DaemonError';
  /** 2 for the command line, 1 for the rest: as AWS's daemon ends. */
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 1, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
