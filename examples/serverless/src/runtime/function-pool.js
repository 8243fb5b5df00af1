import { randomUUID } from 'node:crypto';
import { describeCause } from '../tracing/cause.js';
import { nowSeconds, openServiceSegment } from '../tracing/service-segment.js';
import { printTrace } from '../tracing/trace.js';
import { ACCOUNT, functionArn } from '../template.js';
import { startEnvironment } from './environment.js';

/** Of one function at a time. More invocations wait for one of them: as many as topics and queues have under way, which they limit. */
const ENVIRONMENTS_MAX = 2;

/**
 * Runs functions in as many environments as are needed, and sends each invocation's segment (`AWS::Lambda::Function`), for which the
 * facade of the SDK in the function stands.
 * @param {readonly import('../template.js').LambdaFunction[]} functions
 * @param {Record<string, NodeJS.ProcessEnv>} env more environment, by function
 */
export function createFunctionPool(functions, env) {
  const pools = new Map(functions.map((definition) => [definition.name, createPool(definition, env[definition.name])]));
  return {
    /**
     * @param {string} name
     * @param {unknown} event
     * @param {import('../tracing/trace.js').Trace} trace
     * @param {import('./environment.js').OnPiece} [onPiece] where a streamed answer goes
     */
    async invoke(name, event, trace, onPiece) {
      const { environment, isCold, release } = await pools.get(name).take();
      try {
        return await runTraced({ name, event, trace, environment, isCold, onPiece });
      } finally {
        release();
      }
    },
    stop: () => Promise.all([...pools.values()].map((pool) => pool.stop())),
  };
}

function createPool(definition, env) {
  const all = new Set();
  const idle = [];
  const waiting = [];

  function lend(environment, isCold) {
    return { environment, isCold, release: () => giveBack(environment) };
  }

  function giveBack(environment) {
    if (environment.isBroken()) all.delete(environment);
    const next = waiting.shift();
    if (next === undefined) idle.push(environment);
    else if (environment.isBroken()) next(lend(start(), true));
    else next(lend(environment, false));
  }

  function start() {
    const environment = startEnvironment(definition, env);
    all.add(environment);
    return environment;
  }

  return {
    /** @returns {Promise<{ environment: ReturnType<typeof startEnvironment>, isCold: boolean, release: () => void }>} */
    take() {
      const environment = idle.pop();
      if (environment !== undefined && !environment.isBroken()) return lend(environment, false);
      if (environment !== undefined) all.delete(environment);
      if (all.size < ENVIRONMENTS_MAX) return lend(start(), true);
      return new Promise((resolve) => waiting.push(resolve));
    },
    stop: () => Promise.all([...all].map((environment) => environment.stop())),
  };
}

/** @returns {Promise<import('./environment.js').Outcome>} */
async function runTraced({ name, event, trace, environment, isCold, onPiece }) {
  const requestId = randomUUID();
  const arn = functionArn(name);
  const segment = openServiceSegment(trace, {
    name,
    origin: 'AWS::Lambda::Function',
    resource_arn: arn,
    aws: { account_id: ACCOUNT, function_arn: arn, request_id: requestId },
  });
  const initialization = isCold ? segment.addSubsegment('Initialization') : undefined;
  const initError = await environment.ready();
  initialization?.close(faultOf(initError));
  const outcome =
    initError === undefined
      ? await invokeIn(environment, segment, { requestId, event, functionArn: arn }, onPiece)
      : { error: initError };
  segment.close(faultOf(outcome.error));
  return outcome;
}

async function invokeIn(environment, segment, invocation, onPiece) {
  const part = segment.addSubsegment('Invocation');
  const outcome = await environment.invoke({ ...invocation, traceHeader: printTrace(segment.from()) }, onPiece);
  part.close();
  segment.addSubsegment('Overhead', { start_time: nowSeconds() });
  return outcome;
}

function faultOf(error) {
  return error === undefined ? {} : { fault: true, cause: describeCause(error) };
}
