import AWSXRay from '@fluoroscope/sdk';

/** What a handler sees. */
export async function around(event, context) {
  const { _X_AMZN_TRACE_ID: header, LAMBDA_TASK_ROOT: taskRoot } = process.env;
  AWSXRay.captureFunc('work', () => {});
  const store = globalThis.awslambda.InvokeStore.getXRayTraceId();
  return { event, header, store, taskRoot, pid: process.pid, context, remaining: context.getRemainingTimeInMillis() };
}

/** Writes what it is asked for, piece by piece. */
export const streamed = globalThis.awslambda.streamifyResponse((event, responseStream) =>
  AWSXRay.captureAsyncFunc('stream', async (subsegment) => {
    responseStream.setContentType('text/plain');
    for (const piece of event.pieces) responseStream.write(piece);
    if (event.fails) throw new Error('in the middle');
    responseStream.end();
    subsegment.close();
  }),
);
