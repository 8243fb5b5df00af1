/** Whoever asks while an answer is being made, or is younger than `keptMs`, gets that one. One that failed is not kept. */
export function shareAnswer<Answer>(
  make: () => Promise<Answer>,
  keptMs: number,
  nowMs: () => number = () => performance.now(),
): () => Promise<Answer> {
  let shared: { readonly answer: Promise<Answer>; readonly untilMs: number } | null = null;
  return () => {
    if (shared !== null && nowMs() < shared.untilMs) return shared.answer;
    const made = { answer: make(), untilMs: nowMs() + keptMs };
    shared = made;
    made.answer.catch(() => {
      if (shared === made) shared = null;
    });
    return made.answer;
  };
}
