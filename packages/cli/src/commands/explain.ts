import {
  parseFilter,
  planFilter,
  printCondition,
  printFilter,
  printFilterProblem,
  type FilterPlan,
} from '@fluoroscope/query';

const HELP = `usage: fluoroscope explain EXPRESSION

Says how a search answers a filter expression; needs no server. Quote the expression for your shell:

  fluoroscope explain 'service("cart") { fault } AND annotation.tier = "gold"'

normal form  the expression as the server reads it, with all that may be left out
store        what the store is asked for
then         whether each trace it finds must be looked at besides, by its row or by all of its documents, and why.
             A search reads a bounded number of documents for a page; narrower times and more conditions that the
             store answers make it fast. What a group stands for is known to the server only.

Ends with 2 and shows the spot when the expression cannot be used.`;

const EXIT_USAGE = 2;

export function explainCommand(argv: readonly string[]): Promise<number> {
  const [text, ...others] = argv.filter((word) => word !== '--');
  if (text === '--help' || text === '-h') return print(`${HELP}\n`);
  if (text === undefined || others.length > 0) {
    return refuse('explain takes one expression, in quotes; fluoroscope explain --help says more');
  }
  if (text.trim() === '') return refuse('the expression is empty; a search without one finds all traces');
  const node = parseFilter(text);
  if (!node.ok) return refuse(printFilterProblem(text, node.problem));
  const plan = planFilter(node.value, null);
  if (!plan.ok) return refuse(printFilterProblem(text, plan.problem));
  return print(`normal form  ${printFilter(node.value)}\n${printPlan(text, plan.value)}`);
}

function printPlan(text: string, { condition, reasons }: FilterPlan): string {
  const store = `store        ${printCondition(condition)}\n`;
  if (reasons.length === 0) return `${store}then         nothing: the store's answer is exact\n`;
  const reads = reasons.some((reason) => reason.reads === 'documents')
    ? 'each trace found is held against the expression, by its documents where its row does not tell'
    : 'each trace found is held against the expression, by its row';
  const lines = reasons.map(({ construct, span, why }) => {
    const column = Array.from(text.slice(0, span.start)).length + 1;
    return `             column ${column}: ${construct}: ${why}\n`;
  });
  return `${store}then         ${reads}\n${[...new Set(lines)].join('')}`;
}

async function print(text: string): Promise<number> {
  process.stdout.write(text);
  return 0;
}

async function refuse(why: string): Promise<number> {
  process.stderr.write(`fluoroscope: ${why}\n`);
  return EXIT_USAGE;
}
