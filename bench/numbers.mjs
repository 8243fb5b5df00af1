/** p50, p95, p99 and the longest of some times, in ms. */
export function percentiles(ms) {
  const sorted = ms.toSorted((a, b) => a - b);
  const at = (share) => round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN, 2);
  return { p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), maxMs: at(1) };
}

/** `name` before each figure's own name, in camel case. */
export function prefixed(name, figures) {
  return Object.fromEntries(
    Object.entries(figures).map(([figure, value]) => [`${name}${figure[0]?.toUpperCase()}${figure.slice(1)}`, value]),
  );
}

export function round(value, digits = 0) {
  return Number(value.toFixed(digits));
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Of the straight line through these points that is nearest to all (least squares). */
export function slope(points) {
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  const above = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const below = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return above / below;
}

export function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
