import { newEntityId } from './trace.js';

const FRAMES_MAX = 20;
const FRAME = /^\s*at (?:(?<label>.+?) \()?(?<path>.+?):(?<line>\d+):\d+\)?$/;

/**
 * `cause` of a segment, from what a function's process tells of an error.
 * @param {{ errorType: string, errorMessage: string, trace: readonly string[] }} error
 */
export function describeCause({ errorType, errorMessage, trace }) {
  const stack = trace.flatMap((text) => toFrame(text) ?? []).slice(0, FRAMES_MAX);
  const exception = { id: newEntityId(), type: errorType, message: errorMessage, ...(stack.length > 0 && { stack }) };
  return { working_directory: process.cwd(), exceptions: [exception] };
}

function toFrame(text) {
  const { label, path, line } = FRAME.exec(text)?.groups ?? {};
  return path === undefined ? undefined : { path, line: Number(line), label: label ?? 'anonymous' };
}
