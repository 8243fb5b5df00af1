import type { FilterNode, Operand, Selector, Test } from './ast.ts';

/**
 * The canonical text of an expression: AND and OR written out, text in quotes, parentheses only where the
 * tree needs them. Parsing it gives the same tree (but for spans).
 */
export function printFilter(node: FilterNode): string {
  switch (node.kind) {
    case 'and':
      return node.terms.map((term) => printTerm(term, term.kind === 'and' || term.kind === 'or')).join(' AND ');
    case 'or':
      return node.terms.map((term) => printTerm(term, term.kind === 'or')).join(' OR ');
    case 'not':
      return `!${printTerm(node.term, node.term.kind === 'and' || node.term.kind === 'or')}`;
    case 'keyword':
      return node.name + printTest(node.test);
    case 'annotation':
      return `${node.of === 'own' ? '' : `${node.of}.`}annotation${printKey(node.key)}${printTest(node.test)}`;
    case 'service':
      return `service(${printSelector(node.service)})${printBody(node.body)}`;
    case 'edge': {
      const ends = node.destination === null ? [node.source] : [node.source, node.destination];
      return `edge(${ends.map(printSelector).join(', ')})${printBody(node.body)}`;
    }
    case 'entity':
      return printId(node.entity);
    case 'root-cause':
      return `rootcause.${node.cause}.${node.list}${printBody(node.body)}`;
    case 'root-cause-json':
      return `rootcause.json = #${node.text}`;
    case 'group':
      return printFilter(node.keyword);
    default:
      return node satisfies never;
  }
}

function printTerm(node: FilterNode, grouped: boolean): string {
  return grouped ? `(${printFilter(node)})` : printFilter(node);
}

function printTest(test: Test | null): string {
  return test === null ? '' : ` ${printOperator(test.is)} ${printOperand(test.operand)}`;
}

export function printOperator(is: Test['is']): string {
  switch (is) {
    case 'contains':
      return 'CONTAINS';
    case 'begins-with':
      return 'BEGINSWITH';
    case 'ends-with':
      return 'ENDSWITH';
    case '=':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return is;
    default:
      return is satisfies never;
  }
}

function printOperand(operand: Operand): string {
  return operand.kind === 'text' ? printString(operand.text) : operand.text;
}

/** Dots in a key are accepted after `annotation.` too, but only brackets are unambiguous. */
function printKey(key: string): string {
  if (/^[\w-]+$/.test(key)) return `.${key}`;
  return /^[\w.-]+$/.test(key) ? `[${key}]` : `[${printString(key)}]`;
}

function printSelector(selector: Selector | null): string {
  if (selector === null) return '';
  const nameOnly = selector.type === null && selector.accountId === null;
  return nameOnly && selector.name !== null ? printString(selector.name) : printId(selector);
}

function printId({ name, type, accountId }: Selector): string {
  const parts = [
    ...(name === null ? [] : [`name: ${printString(name)}`]),
    ...(type === null ? [] : [`type: ${printString(type)}`]),
    ...(accountId === null ? [] : [`account.id: ${printString(accountId)}`]),
  ];
  return `id(${parts.join(', ')})`;
}

function printBody(body: FilterNode | null): string {
  return body === null ? '' : ` { ${printFilter(body)} }`;
}

function printString(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
