import {
  OUTCOME_COMBINATIONS,
  outcomesWhere,
  type Condition,
  type NumberField,
  type SegmentFlags,
  type TextField,
} from '@fluoroscope/store';
import { printOperator } from './print.ts';

const FIELDS: { readonly [Field in NumberField | TextField]: string } = {
  durationUs: 'duration in µs',
  responseTimeUs: 'response time in µs',
  httpStatus: 'http.status',
  httpUrl: 'http.url',
  httpMethod: 'http.method',
  userAgent: 'http.useragent',
  clientIp: 'http.clientip',
  user: 'user',
};

/** A condition for people: close to the language, but in a store's own units. */
export function printCondition(condition: Condition): string {
  switch (condition.op) {
    case 'all':
      return 'all traces';
    case 'and':
    case 'or':
      return condition.terms
        .map((term) => printTerm(term, condition.op))
        .join(condition.op === 'and' ? ' AND ' : ' OR ');
    case 'not':
      return condition.term.op === 'all'
        ? 'no trace'
        : `!${condition.term.op === 'flag' ? condition.term.flag : `(${printCondition(condition.term)})`}`;
    case 'number':
      return `${FIELDS[condition.field]} ${condition.is} ${condition.value}`;
    case 'text':
      return `${FIELDS[condition.field]} ${printOperator(condition.is)} ${JSON.stringify(condition.value)}`;
    case 'set':
      return `${FIELDS[condition.field]} is set`;
    case 'flag':
      return condition.flag;
    case 'service':
      return printService(condition);
    case 'outcome': {
      const unknown = condition.ofUnknown ? ' or unknown' : '';
      return `${printService(condition)} {${printOutcomes(condition.outcomes)}${unknown}}`;
    }
    case 'annotation':
      return `annotation[${condition.key}] ${printOperator(condition.is)} ${JSON.stringify(condition.value)}`;
    case 'annotation-set':
      return `annotation[${condition.key}] is set`;
    default:
      return condition satisfies never;
  }
}

function printTerm(term: Condition, around: 'and' | 'or'): string {
  const isOther = (term.op === 'and' || term.op === 'or') && term.op !== around;
  return isOther ? `(${printCondition(term)})` : printCondition(term);
}

type Named = Extract<Condition, { readonly op: 'service' | 'outcome' }>;

const FLAGS = ['fault', 'error', 'throttle', 'partial'] as const;

const OUTCOMES = new Map<number, string>([
  [outcomesWhere(({ fault, error, throttle, partial }) => !(fault || error || throttle || partial)), 'ok'],
  ...FLAGS.map((flag) => [outcomesWhere((flags) => flags[flag]), flag] as const),
  ...FLAGS.map((flag) => [outcomesWhere((flags) => !flags[flag]), `!${flag}`] as const),
]);

/** One flag by its name, else every combination that counts. */
function printOutcomes(outcomes: number): string {
  const combinations = OUTCOME_COMBINATIONS.filter((_flags, at) => (outcomes & (1 << at)) !== 0);
  return OUTCOMES.get(outcomes) ?? combinations.map(printFlags).join(', ');
}

function printFlags(flags: SegmentFlags): string {
  const set = FLAGS.filter((flag) => flags[flag]);
  return set.length === 0 ? 'ok' : set.join('+');
}

function printService({ name, type, accountId }: Named): string {
  const parts = Object.entries({ name, type, account: accountId }).flatMap(([part, value]) =>
    value === null ? [] : [`${part} ${JSON.stringify(value)}`],
  );
  return parts.length === 0 ? 'any service' : `service with ${parts.join(', ')}`;
}
