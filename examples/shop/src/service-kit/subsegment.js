import AWSXRay from 'aws-xray-sdk-core';
import { withPlainStack } from './plain-stack.js';

/**
 * Does some work in a subsegment of its own. An error closes the subsegment too, with its message and stack.
 * @template T
 * @param {string} name
 * @param {(subsegment: AWSXRay.Subsegment | undefined) => Promise<T>} work
 * @returns {Promise<T>}
 */
export function inSubsegment(name, work) {
  return AWSXRay.captureAsyncFunc(name, async (subsegment) => {
    try {
      const result = await work(subsegment);
      subsegment?.close();
      return result;
    } catch (error) {
      subsegment?.close(withPlainStack(error));
      throw error;
    }
  });
}
