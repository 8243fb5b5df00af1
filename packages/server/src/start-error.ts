/** The server cannot start, and its user can mend it: the message names the setting and says what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly code = 'cannot-start';
}
