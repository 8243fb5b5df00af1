import { PipelineError } from './pipeline-error.ts';
import type { Consumer } from './stage.ts';

/**
 * Hands everything to all of them. Rejects with what the first rejects with; when that is `full` and others took the parcels, its
 * `rest` spares those: who can wait delivers once to each. A sender that comes again with everything delivers twice to some.
 */
export function fanOut(consumers: readonly Consumer[]): Consumer {
  const [only] = consumers;
  if (only !== undefined && consumers.length === 1) return only;
  return { consume: (parcels) => handOn(consumers.map((consumer) => () => consumer.consume(parcels))) };
}

type Hand = () => Promise<void>;

async function handOn(hands: readonly Hand[]): Promise<void> {
  const outcomes = await Promise.allSettled(hands.map((hand) => hand()));
  const refusals = outcomes.flatMap((outcome, at) =>
    outcome.status === 'rejected' ? [{ reason: outcome.reason as unknown, hand: hands[at] }] : [],
  );
  if (refusals.length === 0) return;
  const full = refusals.map(({ reason }) => reason).find(isFull);
  if (full === undefined) throw refusals[0]?.reason;
  // Who has ended takes nothing any more.
  const rest = refusals.flatMap(({ reason, hand }) => (!isFull(reason) ? [] : (reason.rest ?? hand ?? [])));
  throw new PipelineError('full', full.message, { cause: full, rest: () => handOn(rest) });
}

function isFull(error: unknown): error is PipelineError {
  return error instanceof PipelineError && error.code === 'full';
}
