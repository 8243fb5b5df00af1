/**
 * One client's part of a reservoir that is divided by demand: each gets the whole part of
 * size × demand ÷ total, and what is left goes one by one to the largest remainders, the smaller id first.
 * The parts of all clients add up to `size`. Without any demand all weigh the same.
 */
export function shareReservoir(size: number, demands: ReadonlyMap<string, number>, id: string): number {
  let total = 0;
  for (const demand of demands.values()) total += demand;
  const none = total === 0;
  if (none) total = demands.size;

  const own = demands.get(id);
  if (own === undefined) return 0;
  const ownRemainder = (size * (none ? 1 : own)) % total;
  let left = size;
  let ahead = 0;
  for (const [other, demand] of demands) {
    const product = size * (none ? 1 : demand);
    const remainder = product % total;
    left -= (product - remainder) / total;
    if (remainder > ownRemainder || (remainder === ownRemainder && other < id)) ahead += 1;
  }
  return (size * (none ? 1 : own) - ownRemainder) / total + (ahead < left ? 1 : 0);
}
