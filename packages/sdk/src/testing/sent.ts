import type { Segment } from '../document/segment.ts';
import type { Subsegment } from '../document/subsegment.ts';

/**
 * Stands in for `send/emitter.ts`: `vi.mock('../send/emitter.ts', () => import('../testing/sent.ts'))`. Documents in the order in which they were sent;
 * tests empty it.
 */
export const sent: { readonly name: string; readonly text: string }[] = [];
const waiting: (() => void)[] = [];

export function sendEntity(entity: Segment | Subsegment): void {
  sent.push({ name: entity.name, text: entity.format() });
  for (const wake of waiting.splice(0)) wake();
}

export async function untilSent(count: number): Promise<void> {
  while (sent.length < count) await new Promise<void>((resolve) => void waiting.push(resolve));
}
