import type { OtlpSpanGroup } from '@fluoroscope/model';

/** Why a whole request could not be read. */
export interface OtlpRequestProblem {
  readonly code: 'malformed' | 'too-much';
  /** The field by its name in opentelemetry-proto; null when it is the request as a whole. */
  readonly field: string | null;
  /** Names the field, the byte offset (or the path in JSON), and what was expected there. */
  readonly message: string;
}

/** Why one span was refused while the others were taken. */
export interface OtlpSpanProblem {
  readonly field: string;
  readonly message: string;
}

export interface OtlpRequest {
  readonly groups: readonly OtlpSpanGroup[];
  /** How many spans were refused. */
  readonly refusedCount: number;
  /** Of the first `PROBLEMS_KEPT_MAX` of them. */
  readonly refused: readonly OtlpSpanProblem[];
}

/** Thrown inside a decoder: nothing behind this place can be read. */
export class RequestFault extends Error {
  readonly problem: OtlpRequestProblem;

  constructor(problem: OtlpRequestProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** Thrown inside a decoder: this span is unusable, the next one may be fine. */
export class SpanFault extends Error {
  readonly problem: OtlpSpanProblem;

  constructor(field: string, expected: string) {
    super(field);
    this.problem = { field, message: `${field}: expected ${expected}` };
  }
}
