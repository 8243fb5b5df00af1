/** Wakes whoever waits; who waits later waits for the next time. */
export class Signal {
  #waiting: (() => void)[] = [];

  fire(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Resolves at the next `fire`, or after so long. */
  async wait(msMax: number = Infinity): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      if (Number.isFinite(msMax)) timer = setTimeout(resolve, msMax);
    });
    clearTimeout(timer);
  }
}
