/**
 * Allows `perSecond` takings a second, with that many (at least one) saved up for a burst.
 * @param {number} perSecond how fast the bucket fills; 0 never fills, Infinity never empties
 */
export function createTokenBucket(perSecond) {
  const most = perSecond > 0 ? Math.max(1, perSecond) : 0;
  let tokens = most;
  let filledAt = performance.now();

  return {
    perSecond,
    /** True when there was a token to take. */
    take() {
      if (perSecond === Infinity) return true;
      const now = performance.now();
      tokens = Math.min(most, tokens + ((now - filledAt) / 1000) * perSecond);
      filledAt = now;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
