import { randomBytes } from 'node:crypto';
import { TraceID, utils } from '@fluoroscope/sdk';

/**
 * @typedef {object} Trace where in a trace something is called from
 * @property {string} root the trace's id
 * @property {string | undefined} parent the id of the segment or subsegment that calls
 * @property {boolean} sampled
 */

/**
 * Reads `X-Amzn-Trace-Id`. Without a Root a trace begins; without a decision it is sampled.
 * @param {string | undefined} header @returns {Trace}
 */
export function readTrace(header) {
  const { root, parent, sampled } = utils.processTraceData(header);
  return { root: root ?? beginTrace().root, parent: root && parent, sampled: sampled !== '0' };
}

/** @returns {Trace} */
export function beginTrace(sampled = true) {
  return { root: new TraceID().toString(), parent: undefined, sampled };
}

/** @param {Trace} trace */
export function printTrace({ root, parent, sampled }) {
  return `Root=${root};${parent === undefined ? '' : `Parent=${parent};`}Sampled=${sampled ? 1 : 0}`;
}

export function newEntityId() {
  return randomBytes(8).toString('hex');
}
