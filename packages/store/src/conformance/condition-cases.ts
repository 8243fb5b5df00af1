import type { AnnotationCondition, Condition } from '../condition.ts';
import { outcomeBit, outcomesWhere, type SegmentFlags } from '../outcomes.ts';
import type { TraceRow } from '../trace-store.ts';
import { rowOf, not, serviceOf } from './samples.ts';

/** What conditions are asked of. Numbers name the rows in the cases below. */
export const CONDITION_ROWS: readonly TraceRow[] = [
  rowOf(1, {
    length: 1_500_000,
    responseTimeUs: 1_200_000,
    fault: true,
    httpMethod: 'GET',
    httpUrl: 'https://shop.example.com/orders?x=%25_*',
    httpStatus: 500,
    userAgent: "it's; DROP TABLE traces; --",
    clientIp: '10.0.0.1',
    services: [serviceOf('checkout', 'AWS::EC2::Instance', '123'), serviceOf('orders', 'AWS::DynamoDB::Table')],
    outcomes: [flagged('fault'), flagged() | flagged('error', 'throttle', 'partial')],
    annotations: [
      { key: 'tenant', value: 'blue', services: [0] },
      { key: 'tenant', value: 'green', services: [1] },
      { key: 'size', value: 3, services: [0] },
      { key: 'vip', value: true, services: [0] },
    ],
    users: [
      { name: 'ann', services: [0] },
      { name: 'bob', services: [0, 1] },
    ],
  }),
  rowOf(2, {
    length: 10,
    error: true,
    throttle: true,
    httpStatus: 0,
    httpMethod: '',
    services: [serviceOf('Checkout'), serviceOf('a\0b', 'remote')],
    annotations: [
      { key: 'tenant', value: 7, services: [] },
      { key: "k'] OR true --", value: '', services: [0] },
      { key: 'vip', value: false, services: [0] },
    ],
  }),
  rowOf(3, { length: 0, partial: true, inferred: true, httpUrl: 'https://ünï.example/😀' }),
  rowOf(4, { length: 2_000_000, responseTimeUs: 2_000_000, httpStatus: 200.5 }),
];

const FAULT = outcomesWhere(({ fault }) => fault);
const outcome = (name: string | null, outcomes: number, ofUnknown = false): Condition => {
  return { op: 'outcome', name, type: null, accountId: null, outcomes, ofUnknown };
};
const tenant = (is: '=' | '!=' | 'contains' | 'begins-with' | 'ends-with', value: string): AnnotationCondition => ({
  op: 'annotation',
  key: 'tenant',
  is,
  value,
});
const size = (is: '=' | '!=' | '<' | '<=' | '>' | '>=', value: number): AnnotationCondition => ({
  op: 'annotation',
  key: 'size',
  is,
  value,
});
const duration = (is: '=' | '!=' | '<' | '<=' | '>' | '>=', value: number): Condition => ({
  op: 'number',
  field: 'durationUs',
  is,
  value,
});
const status = (is: '=' | '!=' | '<' | '<=' | '>' | '>=', value: number): Condition => ({
  op: 'number',
  field: 'httpStatus',
  is,
  value,
});
const url = (is: '=' | '!=' | 'contains' | 'begins-with' | 'ends-with', value: string): Condition => ({
  op: 'text',
  field: 'httpUrl',
  is,
  value,
});
const user = (is: '=' | '!=' | 'contains', value: string): Condition => ({ op: 'text', field: 'user', is, value });
const service = (name: string | null, type: string | null = null, accountId: string | null = null): Condition => ({
  op: 'service',
  name,
  type,
  accountId,
});

/** Name, condition, numbers of the rows that match. */
export const CONDITION_CASES: readonly (readonly [string, Condition, readonly number[]])[] = [
  ['all', { op: 'all' }, [1, 2, 3, 4]],
  ['and of nothing', { op: 'and', terms: [] }, [1, 2, 3, 4]],
  ['or of nothing', { op: 'or', terms: [] }, []],
  ['and', { op: 'and', terms: [status('>=', 0), { op: 'flag', flag: 'error' }] }, [2]],
  ['or', { op: 'or', terms: [status('=', 500), { op: 'flag', flag: 'partial' }] }, [1, 3]],
  ['not', not({ op: 'flag', flag: 'fault' }), [2, 3, 4]],
  ['not of something absent', not(status('=', 500)), [2, 3, 4]],
  ['not of an absent annotation', not(size('=', 3)), [2, 3, 4]],
  ['duration =', duration('=', 10), [2]],
  ['duration !=', duration('!=', 10), [1, 3, 4]],
  ['duration <', duration('<', 10), [3]],
  ['duration <=', duration('<=', 10), [2, 3]],
  ['duration >', duration('>', 1_500_000), [4]],
  ['duration >=', duration('>=', 1_500_000), [1, 4]],
  ['duration against a fraction', duration('<', 10.5), [2, 3]],
  ['response time, absent in two', { op: 'number', field: 'responseTimeUs', is: '>', value: 0 }, [1, 4]],
  ['status = 0 is not absence', status('=', 0), [2]],
  ['status != skips absence', status('!=', 500), [2, 4]],
  ['status with a fraction', status('=', 200.5), [4]],
  ['a number that is none', status('=', Number.NaN), []],
  ['not equal to a number that is none', status('!=', Number.NaN), [1, 2, 4]],
  ['infinity', duration('<', Infinity), [1, 2, 3, 4]],
  ['text =', { op: 'text', field: 'httpMethod', is: '=', value: 'GET' }, [1]],
  ['text is case-sensitive', { op: 'text', field: 'httpMethod', is: '=', value: 'get' }, []],
  ['empty text is not absence', { op: 'text', field: 'httpMethod', is: '=', value: '' }, [2]],
  ['text !=', { op: 'text', field: 'httpMethod', is: '!=', value: 'GET' }, [2]],
  ['contains', url('contains', 'example.com/ord'), [1]],
  ['contains takes wildcards literally', url('contains', '%25_*'), [1]],
  ['contains a lone wildcard', url('contains', '%%'), []],
  ['contains nothing: all that have one', url('contains', ''), [1, 3]],
  ['begins with', url('begins-with', 'https://sh'), [1]],
  ['ends with', url('ends-with', '/😀'), [3]],
  ['ends with is case-sensitive', url('ends-with', '/ORDERS'), []],
  ['text beyond ASCII', url('contains', 'ünï'), [3]],
  ['quotes and semicolons', { op: 'text', field: 'userAgent', is: 'contains', value: "'s; DROP TABLE" }, [1]],
  ['client address', { op: 'text', field: 'clientIp', is: 'begins-with', value: '10.' }, [1]],
  ['any user', user('=', 'bob'), [1]],
  ['any user but', user('!=', 'bob'), [1]],
  ['user contains', user('contains', 'nn'), [1]],
  ['user set', { op: 'set', field: 'user' }, [1]],
  ['duration set', { op: 'set', field: 'durationUs' }, [1, 2, 3, 4]],
  ['response time set', { op: 'set', field: 'responseTimeUs' }, [1, 4]],
  ['status set', { op: 'set', field: 'httpStatus' }, [1, 2, 4]],
  ['url set', { op: 'set', field: 'httpUrl' }, [1, 3]],
  ['method set', { op: 'set', field: 'httpMethod' }, [1, 2]],
  ['agent set', { op: 'set', field: 'userAgent' }, [1]],
  ['address set', { op: 'set', field: 'clientIp' }, [1]],
  ['ok', { op: 'flag', flag: 'ok' }, [4]],
  ['fault', { op: 'flag', flag: 'fault' }, [1]],
  ['error', { op: 'flag', flag: 'error' }, [2]],
  ['throttle', { op: 'flag', flag: 'throttle' }, [2]],
  ['partial', { op: 'flag', flag: 'partial' }, [3]],
  ['inferred', { op: 'flag', flag: 'inferred' }, [3]],
  ['service by name', service('checkout'), [1]],
  ['service by name and type', service('orders', 'AWS::DynamoDB::Table'), [1]],
  ['service: parts of two services are no match', service('checkout', 'AWS::DynamoDB::Table'), []],
  ['service by type', service(null, 'remote'), [2]],
  ['service by account', service(null, null, '123'), [1]],
  ['any service', service(null), [1, 2]],
  ['service with a zero byte', service('a\0b'), [2]],
  ['unknown service', service('none'), []],
  ['not an unknown service', not(service('none')), [1, 2, 3, 4]],
  ['a service that came to a fault', outcome('checkout', FAULT), [1]],
  ['another service of its trace did', outcome('orders', FAULT), []],
  ['any outcome of a service counts', outcome('orders', flagged()), [1]],
  ['one segment has all of the flags', outcome('orders', flagged('error')), []],
  ['the last combination', outcome('orders', 0x40_00), [1]],
  ['a service with outcomes nobody knows', outcome('a\0b', FAULT), []],
  ['unless that is asked for', outcome('a\0b', FAULT, true), [2]],
  ['unknown is not said of a service with outcomes', outcome('orders', FAULT, true), []],
  ['nor of one that is not there', outcome('none', FAULT, true), []],
  ['any service', outcome(null, FAULT), [1]],
  ['any service, or unknown', outcome(null, FAULT, true), [1, 2]],
  ['no outcome at all', outcome(null, 0, true), [2]],
  ['not an outcome', not(outcome('checkout', FAULT)), [2, 3, 4]],
  ['annotation text', tenant('=', 'green'), [1]],
  ['annotation: any other value', tenant('!=', 'green'), [1]],
  ['annotation contains', tenant('contains', 'lu'), [1]],
  ['annotation begins with', tenant('begins-with', 'gr'), [1]],
  ['annotation ends with', tenant('ends-with', 'een'), [1]],
  ['annotation number', size('>=', 3), [1]],
  ['annotation number !=', size('!=', 3), []],
  ['annotation number of a key with text too', { op: 'annotation', key: 'tenant', is: '=', value: 7 }, [2]],
  ['annotation of another type', { op: 'annotation', key: 'size', is: '=', value: '3' }, []],
  ['annotation != of another type', { op: 'annotation', key: 'size', is: '!=', value: '4' }, []],
  ['annotation true', { op: 'annotation', key: 'vip', is: '=', value: true }, [1]],
  ['annotation not true', { op: 'annotation', key: 'vip', is: '!=', value: true }, [2]],
  ['a hostile key', { op: 'annotation', key: "k'] OR true --", is: '=', value: '' }, [2]],
  ['annotation set', { op: 'annotation-set', key: 'vip' }, [1, 2]],
  ['annotation set is case-sensitive', { op: 'annotation-set', key: 'VIP' }, []],
];

function flagged(...set: readonly (keyof SegmentFlags)[]): number {
  const is = (flag: keyof SegmentFlags): boolean => set.includes(flag);
  return outcomeBit({ fault: is('fault'), error: is('error'), throttle: is('throttle'), partial: is('partial') });
}
