/**
 * One at a time, in the order asked. Held for a few statements only: while a read begins, and while a write commits or
 * sources change, so that a read's transaction and its list of sources agree.
 */
export type Gate = <Answer>(run: () => Promise<Answer>) => Promise<Answer>;

export function createGate(): Gate {
  let last: Promise<unknown> = Promise.resolve();
  return (run) => {
    const turn = last.then(run);
    last = turn.catch(() => {});
    return turn;
  };
}
