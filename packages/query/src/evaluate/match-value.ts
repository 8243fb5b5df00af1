import type { Comparison, TextMatch } from '@fluoroscope/store';

/** False for what is absent. */
export function matchesNumber(value: number | null, is: Comparison, operand: number): boolean {
  if (value === null) return false;
  switch (is) {
    case '=':
      return value === operand;
    case '!=':
      return value !== operand;
    case '<':
      return value < operand;
    case '<=':
      return value <= operand;
    case '>':
      return value > operand;
    case '>=':
      return value >= operand;
    default:
      return is satisfies never;
  }
}

/** Case-sensitive; false for what is absent. */
export function matchesText(value: string | null, is: TextMatch, operand: string): boolean {
  if (value === null) return false;
  switch (is) {
    case '=':
      return value === operand;
    case '!=':
      return value !== operand;
    case 'contains':
      return value.includes(operand);
    case 'begins-with':
      return value.startsWith(operand);
    case 'ends-with':
      return value.endsWith(operand);
    default:
      return is satisfies never;
  }
}
