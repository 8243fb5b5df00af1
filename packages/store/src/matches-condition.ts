import type { AnnotationValue, ServiceKey } from '@fluoroscope/model';
import type { Comparison, Condition, NumberField, TextField, TextMatch, TraceFlag } from './condition.ts';
import type { TraceRow } from './trace-store.ts';

/** What a condition means. Stores translate conditions into their own language and must agree with this. */
export function matchesCondition(row: TraceRow, condition: Condition): boolean {
  switch (condition.op) {
    case 'all':
      return true;
    case 'and':
      return condition.terms.every((term) => matchesCondition(row, term));
    case 'or':
      return condition.terms.some((term) => matchesCondition(row, term));
    case 'not':
      return !matchesCondition(row, condition.term);
    case 'number':
      return matchesValue(numberOf(row, condition.field), condition.is, condition.value);
    case 'text':
      return textsOf(row, condition.field).some((text) => matchesValue(text, condition.is, condition.value));
    case 'set':
      return isSet(row, condition.field);
    case 'flag':
      return hasFlag(row, condition.flag);
    case 'service':
      return row.services.some((service) => matchesService(service, condition));
    case 'outcome': {
      const { outcomes, ofUnknown } = condition;
      return row.services.some((service, at) => {
        const known = row.outcomes[at];
        return matchesService(service, condition) && (known === undefined ? ofUnknown : (known & outcomes) !== 0);
      });
    }
    case 'annotation':
      return row.annotations.some(
        ({ key, value }) => key === condition.key && matchesValue(value, condition.is, condition.value),
      );
    case 'annotation-set':
      return row.annotations.some(({ key }) => key === condition.key);
  }
  throw new TypeError(`not a condition: ${JSON.stringify(condition satisfies never)}`);
}

/** False for something absent and for operands of two types. */
function matchesValue(value: AnnotationValue | null, is: Comparison | TextMatch, operand: AnnotationValue): boolean {
  if (typeof value === 'string' && typeof operand === 'string') return matchesText(value, is, operand);
  if (typeof value === 'number' && typeof operand === 'number') return matchesNumber(value, is, operand);
  if (typeof value === 'boolean' && typeof operand === 'boolean') return (value === operand) === (is === '=');
  return false;
}

function matchesNumber(value: number, is: Comparison | TextMatch, operand: number): boolean {
  if (is === '=') return value === operand;
  if (is === '!=') return value !== operand;
  if (is === '<') return value < operand;
  if (is === '<=') return value <= operand;
  if (is === '>') return value > operand;
  return is === '>=' && value >= operand;
}

function matchesText(value: string, is: Comparison | TextMatch, operand: string): boolean {
  if (is === '=') return value === operand;
  if (is === '!=') return value !== operand;
  if (is === 'contains') return value.includes(operand);
  if (is === 'begins-with') return value.startsWith(operand);
  return is === 'ends-with' && value.endsWith(operand);
}

function numberOf(row: TraceRow, field: NumberField): number | null {
  return field === 'durationUs' ? row.endUs - row.startUs : row[field];
}

function textsOf(row: TraceRow, field: TextField): readonly (string | null)[] {
  return field === 'user' ? row.users.map(({ name }) => name) : [row[field]];
}

function isSet(row: TraceRow, field: NumberField | TextField): boolean {
  switch (field) {
    case 'durationUs':
    case 'responseTimeUs':
    case 'httpStatus':
      return numberOf(row, field) !== null;
    case 'user':
      return row.users.length > 0;
    case 'httpUrl':
    case 'httpMethod':
    case 'userAgent':
    case 'clientIp':
      return row[field] !== null;
  }
  throw new TypeError(`not a field: ${String(field satisfies never)}`);
}

function hasFlag(row: TraceRow, flag: TraceFlag): boolean {
  if (flag === 'ok') return !(row.fault || row.error || row.throttle || row.partial);
  return row[flag];
}

function matchesService(
  service: ServiceKey,
  parts: { readonly name: string | null; readonly type: string | null; readonly accountId: string | null },
): boolean {
  return (
    (parts.name === null || service.name === parts.name) &&
    (parts.type === null || service.type === parts.type) &&
    (parts.accountId === null || service.accountId === parts.accountId)
  );
}
