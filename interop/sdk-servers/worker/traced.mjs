import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The SDK as applications get it. */
export const AWSXRay = createRequire(import.meta.url)(
  fileURLToPath(new URL('../../../packages/sdk/index.cjs', import.meta.url)),
);
AWSXRay.middleware.setSamplingRules({ version: 2, default: { fixed_target: 1_000, rate: 1 }, rules: [] });
AWSXRay.middleware.disableCentralizedSampling();

/** Client libraries come from a folder that the suite has prepared. */
export const requireClient = createRequire(join(process.env.CLIENTS, 'package.json'));

export const SERVICE = 'shop';

/** Runs in a segment of its own, and says which trace it was: "KIND TRACE_ID". */
export async function trace(kind, work) {
  const segment = new AWSXRay.Segment(SERVICE);
  try {
    return await AWSXRay.getNamespace().runPromise(async () => {
      AWSXRay.setSegment(segment);
      return work(segment);
    });
  } finally {
    segment.close();
    process.stdout.write(`${kind} ${segment.trace_id}\n`);
  }
}

/** What a failing call fails with. */
export async function failing(work) {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

/** A callback's outcome, and the segment it was called in. */
export function called(begin) {
  return new Promise((resolve, reject) => {
    begin((error, result) => {
      AWSXRay.captureFunc('in the callback', () => {});
      if (error) reject(error);
      else resolve(result);
    });
  });
}
