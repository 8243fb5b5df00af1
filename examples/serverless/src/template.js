// What a deployment template says of this stack: which functions there are, and what calls them.

export const REGION = 'eu-west-1';
export const ACCOUNT = '111122223333';
export const API = { id: 'a1b2c3d4e5', name: 'visits-api', stage: 'prod' };
export const TABLE = 'hits';
export const QUEUE = 'receipts';
export const DEAD_LETTER_QUEUE = 'receipts-dead';
export const VISITS = topicArn('visits');
export const MILESTONES = topicArn('milestones');

/**
 * @typedef {object} LambdaFunction
 * @property {string} name
 * @property {string} taskRoot the folder that its code is in
 * @property {string} handler FILE.EXPORT
 * @property {number} timeoutMs of one invocation
 * @property {number} memoryMegabytes told to the function, not enforced
 */

const TASK_ROOT = new URL('functions', import.meta.url);

/** @type {readonly LambdaFunction[]} */
export const FUNCTIONS = ['count-visit', 'write-receipt', 'congratulate', 'list-hits'].map((name) => ({
  name,
  taskRoot: TASK_ROOT.href,
  handler: `${name}.handler`,
  timeoutMs: 15_000,
  memoryMegabytes: 256,
}));

/** Topic → function. */
export const SUBSCRIPTIONS = [
  { topicArn: VISITS, functionName: 'count-visit' },
  { topicArn: MILESTONES, functionName: 'congratulate' },
];

/** The function that has a URL of its own. */
export const FUNCTION_URL = 'list-hits';

/** Queue → function: Lambda reads the queue, and calls the function with what it got. */
export const EVENT_SOURCE = { functionName: 'write-receipt', batchSize: 10, batchWindowMs: 300 };

/** How often a message is received before it goes to the dead-letter queue, and how long each receiver has. */
export const REDRIVE = { maxReceiveCount: 3, visibilityMs: 2_000 };

export function queueUrl(name) {
  return `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}`;
}

export function queueArn(name) {
  return `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;
}

export function functionArn(name) {
  return `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
}

function topicArn(name) {
  return `arn:aws:sns:${REGION}:${ACCOUNT}:${name}`;
}
