/** Thrown when an expression asks for more than `EVALUATION_STEPS_MAX` of one trace. */
export class TooMuchWork extends Error {
  override readonly name = 'TooMuchWork';
}

/** Counts down what may still be looked at. */
export class Work {
  #left: number;

  constructor(steps: number) {
    this.#left = steps;
  }

  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw new TooMuchWork('the expression asks too much of this trace');
  }
}
