import { fork } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import { fileURLToPath } from 'node:url';

const BOOTSTRAP = fileURLToPath(new URL('bootstrap.js', import.meta.url));
const START_MS_MAX = 20_000;
const STOP_MS_MAX = 2_000;

/**
 * @typedef {object} Outcome of an invocation: a result or an error
 * @property {unknown} [result]
 * @property {{ errorType: string, errorMessage: string, trace: readonly string[] }} [error]
 */

/** @typedef {{ contentType: (type: string) => void, chunk: (bytes: Buffer) => void }} OnPiece */

/**
 * Starts an execution environment: a process that runs one function, one invocation at a time, until it breaks.
 * @param {import('../template.js').LambdaFunction} definition
 * @param {NodeJS.ProcessEnv} env more environment
 */
export function startEnvironment(definition, env) {
  const { timeoutMs } = definition;
  const child = fork(BOOTSTRAP, { env: { ...lambdaEnv(definition), ...env }, execArgv: [] });
  const exited = once(child, 'exit').then(([code, signal]) => {
    isBroken = true;
    return failure('Runtime.ExitError', `Runtime exited with ${signal ?? `exit status ${code}`}`);
  });
  let isBroken = false;
  const readiness = withDeadline(START_MS_MAX, 'Sandbox.Timedout', 'init', answer());

  /** What the process says next, pieces of a streamed answer left out, or how it ended. */
  function answer(onPiece) {
    const said = new Promise((resolve) => {
      function listen({ type, data, ...rest }) {
        if (type === 'chunk') onPiece?.chunk(Buffer.from(data, 'base64'));
        else if (type === 'content-type') onPiece?.contentType(data);
        else {
          child.off('message', listen);
          resolve({ type, ...rest });
        }
      }
      child.on('message', listen);
    });
    return Promise.race([said, exited]);
  }

  async function withDeadline(ms, errorType, what, waiting) {
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(() => {
        isBroken = true;
        child.kill('SIGKILL');
        resolve(failure(errorType, `${what} timed out after ${(ms / 1000).toFixed(2)} seconds`));
      }, ms);
    });
    const first = await Promise.race([waiting, late]);
    clearTimeout(timer);
    return first;
  }

  return {
    isBroken: () => isBroken,
    /** Resolves to undefined when the handler is loaded. @returns {Promise<Outcome['error'] | undefined>} */
    async ready() {
      const { type, error } = await readiness;
      if (type !== 'ready') isBroken = true;
      return error;
    },
    /**
     * Call it when the last one is over, and not before.
     * @param {OnPiece} [onPiece] where a streamed answer goes
     * @returns {Promise<Outcome>}
     */
    async invoke({ requestId, event, traceHeader, functionArn }, onPiece) {
      const answered = answer(onPiece);
      child.send({ requestId, event, traceHeader, functionArn, deadlineMs: Date.now() + timeoutMs }, () => {});
      const { result, error } = await withDeadline(timeoutMs, 'Sandbox.Timedout', `${requestId} Task`, answered);
      return error === undefined ? { result } : { error };
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill();
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
      await exited;
      clearTimeout(timer);
    },
  };
}

function lambdaEnv({ name, taskRoot, handler, memoryMegabytes }) {
  return {
    PATH: process.env.PATH,
    LAMBDA_TASK_ROOT: taskRoot,
    _HANDLER: handler,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMegabytes),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    AWS_ACCESS_KEY_ID: 'example',
    AWS_SECRET_ACCESS_KEY: 'example',
    AWS_CONFIG_FILE: os.devNull,
    AWS_SHARED_CREDENTIALS_FILE: os.devNull,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}

function failure(errorType, errorMessage) {
  return { type: 'failed', error: { errorType, errorMessage, trace: [] } };
}
