/** Longer statements are shown as they are: protects the page. */
const STATEMENT_CHARS_MAX = 100_000;

// A string, a quoted name, a comment, or a word or sign: quoted text is never taken apart.
const TOKEN = /'(?:[^']|'')*'?|"(?:[^"]|"")*"?|`[^`]*`?|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|[\w$.]+|\s+|[^\s]/g;

const NEW_LINE =
  /^(SELECT|FROM|WHERE|GROUP|ORDER|HAVING|LIMIT|OFFSET|UNION|INTERSECT|EXCEPT|VALUES|SET|RETURNING|INSERT|UPDATE|DELETE|WITH|JOIN|LEFT|RIGHT|INNER|OUTER|FULL|CROSS)$/i;
const INDENTED = /^(AND|OR|ON)$/i;
/** The second word of a clause's name stays with the first. */
const JOINED_AFTER = /^(LEFT|RIGHT|INNER|OUTER|FULL|CROSS|DELETE|INSERT)$/i;

/** Each clause on a line of its own, conditions below them; subqueries move right. Only white space changes. */
export function formatSql(statement: string): string {
  if (statement.length > STATEMENT_CHARS_MAX) return statement;
  let text = '';
  let depth = 0;
  const open: boolean[] = [];
  let last = '';
  let spaced = false;
  for (const [token] of statement.matchAll(TOKEN)) {
    if (/^\s+$/.test(token)) {
      spaced = true;
      continue;
    }
    if (token === ')' && open.pop() === true) {
      depth -= 1;
      text += `\n${'  '.repeat(depth)}`;
      spaced = false;
    }
    const starts = NEW_LINE.test(token) && !JOINED_AFTER.test(last);
    if (last === '(' && open.length > 0) {
      const isQuery = /^(SELECT|WITH)$/i.test(token);
      open[open.length - 1] = isQuery;
      if (isQuery) depth += 1;
    }
    const isInside = open.at(-1) === false;
    if (starts && !isInside && text !== '') text = `${text.trimEnd()}\n${'  '.repeat(depth)}`;
    else if (INDENTED.test(token) && !isInside) text = `${text.trimEnd()}\n${'  '.repeat(depth + 1)}`;
    else if (last.startsWith('--')) text += `\n${'  '.repeat(depth)}`;
    else if (spaced && text !== '' && !text.endsWith('\n')) text += ' ';
    text += token;
    if (token === '(') open.push(false);
    last = token;
    spaced = false;
  }
  return text;
}
