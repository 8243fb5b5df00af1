/**
 * The X-Ray SDK cuts stack frames at their colons. ES modules are "file:///…" and Node's own are "node:…" there, so
 * it would report a file called "file" without a line. CommonJS programs do not need this.
 * @param {unknown} error
 */
export function withPlainStack(error) {
  if (error instanceof Error) error.stack = error.stack?.replaceAll('file://', '').replaceAll('node:', 'node/');
  return error;
}
