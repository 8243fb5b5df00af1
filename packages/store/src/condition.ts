import type { AnnotationValue } from '@fluoroscope/model';

/**
 * A search over trace rows, as plain data: what `query` plans and a store evaluates. Logic is two-valued:
 * a comparison with something absent is false, and `not` of it is true.
 */
export type Condition =
  | { readonly op: 'all' }
  | { readonly op: 'and'; readonly terms: readonly Condition[] }
  | { readonly op: 'or'; readonly terms: readonly Condition[] }
  | { readonly op: 'not'; readonly term: Condition }
  | { readonly op: 'number'; readonly field: NumberField; readonly is: Comparison; readonly value: number }
  | { readonly op: 'text'; readonly field: TextField; readonly is: TextMatch; readonly value: string }
  | { readonly op: 'set'; readonly field: NumberField | TextField }
  | { readonly op: 'flag'; readonly flag: TraceFlag }
  | {
      readonly op: 'service';
      readonly name: string | null;
      readonly type: string | null;
      readonly accountId: string | null;
    }
  | {
      /** Some segment of a service has one of these combinations of flags, as bits (`outcomeBit`). */
      readonly op: 'outcome';
      readonly name: string | null;
      readonly type: string | null;
      readonly accountId: string | null;
      readonly outcomes: number;
      /** What holds of a trace with such a service whose row does not know its outcomes. */
      readonly ofUnknown: boolean;
    }
  | AnnotationCondition
  | { readonly op: 'annotation-set'; readonly key: string };

/** Matches when any value of the key matches; a value of another type than the operand never does. */
export type AnnotationCondition =
  | { readonly op: 'annotation'; readonly key: string; readonly is: Comparison; readonly value: number }
  | { readonly op: 'annotation'; readonly key: string; readonly is: TextMatch; readonly value: string }
  | { readonly op: 'annotation'; readonly key: string; readonly is: '=' | '!='; readonly value: boolean };

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';
/** Case-sensitive. */
export type TextMatch = '=' | '!=' | 'contains' | 'begins-with' | 'ends-with';

/** Times in µs. */
export type NumberField = 'durationUs' | 'responseTimeUs' | 'httpStatus';
/** `user` is any user of the trace, as with annotations. */
export type TextField = 'httpUrl' | 'httpMethod' | 'userAgent' | 'clientIp' | 'user';
/** `ok` is: none of fault, error, throttle, and not partial. */
export type TraceFlag = 'ok' | 'error' | 'throttle' | 'fault' | 'partial' | 'inferred';

export type ConditionValue = AnnotationValue;
