// What runs inside a function's process: loads the handler once, then calls it for one invocation after the other, as Lambda's
// own runtime does. It knows nothing of X-Ray but where the trace header belongs.
import { AsyncLocalStorage } from 'node:async_hooks';
import dns from 'node:dns';
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';

const STREAMING = Symbol('streaming');
const invocations = new AsyncLocalStorage();

// Names of the example live on this machine.
const { lookup } = dns;
dns.lookup = (hostname, options, callback) => {
  const done = callback ?? options;
  if (!hostname.endsWith('.example')) lookup(hostname, options, callback);
  else if (options.all) done(null, [{ address: '127.0.0.1', family: 4 }]);
  else done(null, '127.0.0.1', 4);
};

// Where newer runtimes keep what belongs to an invocation. The environment variable holds the same.
globalThis.awslambda = {
  InvokeStore: { getXRayTraceId: () => invocations.getStore()?.traceHeader },
  /** Marks a handler `(event, responseStream, context)` that writes its answer piece by piece. */
  streamifyResponse: (streaming) => Object.assign((...args) => streaming(...args), { [STREAMING]: true }),
};

// The parent decides when this process ends, also when Ctrl-C reaches all of them.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());

const handler = await load(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);
if (handler !== undefined) {
  process.on('message', (invocation) => void invoke(invocation));
  process.send({ type: 'ready' });
}

async function load(taskRoot, name) {
  const at = name.lastIndexOf('.');
  const [file, exported] = [name.slice(0, at), name.slice(at + 1)];
  try {
    const code = await import(`${taskRoot}/${file}.js`);
    if (typeof code[exported] !== 'function') throw new Error(`${name} is not a function`);
    return code[exported];
  } catch (error) {
    process.send({ type: 'init-failed', error: describe(error) }, () => process.exit(1));
    return undefined;
  }
}

async function invoke({ requestId, event, traceHeader, deadlineMs, functionArn }) {
  process.env._X_AMZN_TRACE_ID = traceHeader;
  const context = {
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: functionArn,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  };
  try {
    const call = handler[STREAMING] === true ? stream : async () => handler(event, context);
    const result = await invocations.run({ traceHeader }, () => call(requestId, event, context));
    process.send({ type: 'done', requestId, result });
  } catch (error) {
    process.send({ type: 'failed', requestId, error: describe(error) });
  }
}

/** Pieces go to the parent one after the other, so that a handler that waits for them is not faster than it. */
async function stream(requestId, event, context) {
  const responseStream = new Writable({
    write: (chunk, _encoding, done) => process.send({ type: 'chunk', requestId, data: chunk.toString('base64') }, done),
  });
  responseStream.setContentType = (data) => process.send({ type: 'content-type', requestId, data });
  await handler(event, responseStream, context);
  if (!responseStream.writableEnded) responseStream.end();
  await finished(responseStream);
}

function describe(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: error.stack?.split('\n').slice(1) ?? [] };
}
