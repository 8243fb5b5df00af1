import { ALL_OUTCOMES, outcomesWhere } from '@fluoroscope/store';
import type { FilterNode } from './ast.ts';
import { checked } from './row-condition.ts';
import { readBooleanTest } from './typed-test.ts';

/** What the flags of a segment alone tell of `service{…}`, as bits of combinations. */
export interface OutcomesOfBody {
  /** A segment that satisfies it has one of these. */
  readonly possible: number;
  /** A segment with one of these satisfies it. Equal to `possible` when only flags are asked for. */
  readonly certain: number;
}

const OF_KEYWORD: ReadonlyMap<string, number> = new Map([
  ['fault', outcomesWhere(({ fault }) => fault)],
  ['error', outcomesWhere(({ error }) => error)],
  ['throttle', outcomesWhere(({ throttle }) => throttle)],
  ['partial', outcomesWhere(({ partial }) => partial)],
  ['ok', outcomesWhere(({ fault, error, throttle, partial }) => !(fault || error || throttle || partial))],
]);

const UNKNOWN: OutcomesOfBody = { possible: ALL_OUTCOMES, certain: 0 };

export function outcomesOf(body: FilterNode): OutcomesOfBody {
  switch (body.kind) {
    case 'and':
      return body.terms.map(outcomesOf).reduce((a, b) => {
        return { possible: a.possible & b.possible, certain: a.certain & b.certain };
      });
    case 'or':
      return body.terms.map(outcomesOf).reduce((a, b) => {
        return { possible: a.possible | b.possible, certain: a.certain | b.certain };
      });
    case 'not': {
      const { possible, certain } = outcomesOf(body.term);
      return { possible: ALL_OUTCOMES & ~certain, certain: ALL_OUTCOMES & ~possible };
    }
    case 'keyword': {
      const bits = OF_KEYWORD.get(body.name);
      if (bits === undefined) return UNKNOWN;
      const outcomes = checked(readBooleanTest(body.name, body.test)) ? bits : ALL_OUTCOMES & ~bits;
      return { possible: outcomes, certain: outcomes };
    }
    case 'annotation':
    case 'service':
    case 'edge':
    case 'entity':
    case 'root-cause':
    case 'root-cause-json':
    case 'group':
      return UNKNOWN;
    default:
      return body satisfies never;
  }
}
