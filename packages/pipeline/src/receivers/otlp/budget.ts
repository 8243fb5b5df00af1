import { PROBLEMS_KEPT_MAX, REQUEST_GROUPS_MAX, REQUEST_SPANS_MAX, REQUEST_VALUES_MAX } from './limits.ts';
import { RequestFault, type OtlpRequest, type OtlpSpanProblem } from './problem.ts';

/** What one request may still hold, and what was refused of it. */
export class Budget {
  #groups = REQUEST_GROUPS_MAX;
  #spans = REQUEST_SPANS_MAX;
  #values = REQUEST_VALUES_MAX;
  #refusedCount = 0;
  readonly #refused: OtlpSpanProblem[] = [];

  takeGroup(field: string): void {
    this.#groups -= 1;
    if (this.#groups < 0) tooMuch(field, `at most ${REQUEST_GROUPS_MAX} resources and scopes`);
  }

  takeSpan(): void {
    this.#spans -= 1;
    if (this.#spans < 0) tooMuch('spans', `at most ${REQUEST_SPANS_MAX} in a request`);
  }

  takeValue(field: string): void {
    this.#values -= 1;
    if (this.#values < 0) tooMuch(field, `at most ${REQUEST_VALUES_MAX} values in a request`);
  }

  refuse(problem: OtlpSpanProblem): void {
    this.#refusedCount += 1;
    if (this.#refused.length < PROBLEMS_KEPT_MAX) this.#refused.push(problem);
  }

  refusals(): Pick<OtlpRequest, 'refusedCount' | 'refused'> {
    return { refusedCount: this.#refusedCount, refused: this.#refused };
  }
}

function tooMuch(field: string, expected: string): never {
  throw new RequestFault({ code: 'too-much', field, message: `${field}: expected ${expected}, found more` });
}
