/** Round steps of 1, 2 or 5 × 10ⁿ from zero, about `wanted` of them. */
export function timeTicks(lengthS: number, wanted: number): readonly number[] {
  if (!(lengthS > 0) || wanted < 1) return [0];
  const rough = lengthS / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const lead = rough / power;
  const step = power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
  return Array.from({ length: Math.floor(lengthS / step + 1e-9) + 1 }, (_, index) => index * step);
}
