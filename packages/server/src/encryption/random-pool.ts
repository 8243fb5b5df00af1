import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 4_096;

/** The system's random bytes, fetched many at once: a call for each nonce would cost as much as its encryption. */
export function createRandomPool(): (bytes: number) => Buffer {
  let pool = Buffer.alloc(0);
  return (bytes) => {
    if (pool.byteLength < bytes) pool = randomFillSync(Buffer.allocUnsafeSlow(Math.max(POOL_BYTES, bytes)));
    const taken = pool.subarray(0, bytes);
    pool = pool.subarray(bytes);
    return taken;
  };
}
