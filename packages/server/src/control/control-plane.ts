import { ApiError } from '@fluoroscope/api';
import { RETRY_AFTER_SECONDS } from '../limits.ts';
import type { ControlState } from './control-state.ts';

export interface ControlPlane {
  readonly state: ControlState;

  /**
   * Makes the next state of the present one. The step sees every change before it, throws ApiError for what cannot
   * be, and may be told of no other state meanwhile. Resolves once the next state is on disk; only then does it
   * count. When it cannot be written nothing has changed.
   */
  change<Answer>(step: (state: ControlState) => Change<Answer>): Promise<Answer>;
}

export interface Change<Answer> {
  readonly state: ControlState;
  readonly answer: Answer;
}

export interface ControlPlaneOptions {
  readonly state: ControlState;
  readonly save: (state: ControlState) => Promise<void>;
  /** Called with each state that counts from now on. */
  readonly changed: (state: ControlState) => void;
}

export function createControlPlane({ state: first, save, changed }: ControlPlaneOptions): ControlPlane {
  let state = first;
  let last: Promise<unknown> = Promise.resolve();

  async function make<Answer>(step: (state: ControlState) => Change<Answer>): Promise<Answer> {
    const { state: next, answer } = step(state);
    if (next === state) return answer;
    try {
      await save(next);
    } catch (error) {
      const options = { cause: error, retryAfterSeconds: RETRY_AFTER_SECONDS };
      throw new ApiError('ServiceUnavailable', 'the change could not be written', options);
    }
    state = next;
    changed(next);
    return answer;
  }

  return {
    get state() {
      return state;
    },
    change(step) {
      const made = last.then(() => make(step));
      last = made.catch(() => {});
      return made;
    },
  };
}
