import { setTimeout as sleep } from 'node:timers/promises';
import { ACCOUNT, functionArn } from '../template.js';
import { openServiceSegment } from '../tracing/service-segment.js';

/** Milliseconds before the second and the third attempt. Lambda waits one and two minutes. */
const RETRY_MS = [1_000, 2_000];

/**
 * Calls a function as Lambda does for those who do not wait for its answer: up to three attempts, each of them in the segment
 * of the service (`AWS::Lambda`).
 * @param {object} options
 * @param {ReturnType<typeof import('./function-pool.js').createFunctionPool>} options.functions
 * @param {import('../tracing/trace.js').Trace} options.trace
 * @param {number} options.acceptedMs when the event was accepted
 * @param {AbortSignal} options.signal ends the wait between attempts
 * @returns {Promise<boolean>} false when it was stopped in between
 */
export async function invokeAsync({ functions, name, event, trace, acceptedMs, signal, retryMs = RETRY_MS }) {
  const segment = openServiceSegment(trace, {
    name,
    origin: 'AWS::Lambda',
    resource_arn: functionArn(name),
    http: { response: { status: 202 } },
    aws: { account_id: ACCOUNT, function_arn: functionArn(name) },
  });
  const dwell = { start_time: acceptedMs / 1000 };
  segment.addSubsegment('Dwell Time', dwell).close();
  for (let attempt = 1; ; attempt += 1) {
    if (signal.aborted) return false;
    const part = segment.addSubsegment(`Attempt #${attempt}`);
    const { error } = await functions.invoke(name, event, segment.from(part.id));
    part.close({ http: { response: { status: 200 } }, ...(error !== undefined && { fault: true }) });
    const waitMs = retryMs[attempt - 1];
    if (error !== undefined) console.error(`${name}: attempt ${attempt}: ${error.errorType}: ${error.errorMessage}`);
    if (error === undefined || waitMs === undefined) {
      segment.close(error === undefined ? {} : { fault: true });
      return true;
    }
    await sleep(waitMs, undefined, { signal }).catch(() => {});
  }
}
