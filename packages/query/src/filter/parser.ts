import { bad, ok, type Json, type JsonObject, type Result } from '@fluoroscope/model';
import type { TextMatch } from '@fluoroscope/store';
import type { AnnotationNode, FilterNode, Operand, Selector, Span, Test } from './ast.ts';
import { lexFilter, type Token } from './lexer.ts';
import { FILTER_DEPTH_MAX } from './limits.ts';
import type { FilterProblem } from './problem.ts';
import { didYouMean } from './near-miss.ts';

/** Reads any expression of the language (grammar in README.md); which keywords exist is checked later. */
export function parseFilter(text: string): Result<FilterNode, FilterProblem> {
  const tokens = lexFilter(text);
  if (!tokens.ok) return tokens;
  try {
    return ok(new FilterParser(text, tokens.value).parse());
  } catch (thrown) {
    if (thrown instanceof Stop) return bad(thrown.problem);
    throw thrown;
  }
}

/** Ends parsing from any depth; never leaves this file. */
class Stop extends Error {
  readonly problem: FilterProblem;

  constructor(problem: FilterProblem) {
    super(problem.code);
    this.problem = problem;
  }
}

const WORD_OPERATORS: ReadonlyMap<string, TextMatch> = new Map([
  ['contains', 'contains'],
  ['beginswith', 'begins-with'],
  ['endswith', 'ends-with'],
]);
const RESERVED: ReadonlySet<string> = new Set(['and', 'or', ...WORD_OPERATORS.keys()]);

const ANNOTATION = /^(?:(source|destination)\.)?annotation(?:\.(.*))?$/i;
const ROOT_CAUSE = /^rootcause\.(fault|error|responsetime)\.(service|entity|exception)$/;
const ROOT_CAUSE_NAMES = ['fault', 'error', 'responsetime'].flatMap((cause) =>
  ['service', 'entity', 'exception'].map((list) => `rootcause.${cause}.${list}`),
);

/** Digits of an AWS account id. */
const ACCOUNT_ID_DIGITS = 12;

class FilterParser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(text: string, tokens: readonly Token[]) {
    this.#text = text;
    this.#tokens = tokens;
  }

  parse(): FilterNode {
    const node = this.#or();
    if (this.#token.kind !== 'end') this.#expected('an operator, AND, OR or the end of the expression');
    return node;
  }

  /** or = and { OR and } */
  #or(): FilterNode {
    const start = this.#token.span.start;
    const terms = [this.#and()];
    while (this.#takeWord('or')) terms.push(this.#and());
    return this.#list('or', terms, start);
  }

  /** and = unary { [ AND ] unary } */
  #and(): FilterNode {
    const start = this.#token.span.start;
    const terms = [this.#unary()];
    while (this.#takeWord('and') || this.#startsUnary()) terms.push(this.#unary());
    return this.#list('and', terms, start);
  }

  /** unary = "!" unary | "(" or ")" | term */
  #unary(): FilterNode {
    const { start } = this.#token.span;
    if (this.#take('!')) {
      const term = this.#deeper(() => this.#unary());
      return { kind: 'not', term, span: this.#spanFrom(start) };
    }
    if (!this.#take('(')) return this.#term();
    const inner = this.#deeper(() => this.#or());
    this.#close(')');
    return inner;
  }

  /** term = service | edge | entity | annotation | rootcause | rcjson | keyword [ test ] */
  #term(): FilterNode {
    const token = this.#token;
    if (token.kind !== 'word' || this.#atReserved()) this.#expected('a condition');
    this.#next += 1;

    const { start } = token.span;
    const name = token.text.toLowerCase();
    const annotation = ANNOTATION.exec(token.text);
    if (annotation !== null) return this.#annotation(start, annotation[1], annotation[2]);
    if (name === 'service') return this.#service(start);
    if (name === 'edge') return this.#edge(start);
    if (name === 'id' && this.#token.kind === '(') return this.#entity(start);
    if (name === 'rootcause.json') return this.#rootCauseJson(start);
    if (name === 'rootcause' || name.startsWith('rootcause.')) return this.#rootCause(name, token.span);
    const test = this.#test();
    return { kind: 'keyword', name, test, span: this.#spanFrom(start) };
  }

  /** annotation = [ ( "source" | "destination" ) "." ] "annotation" ( "." key | "[" ( bare | string ) "]" ) [ test ] */
  #annotation(start: number, of: string | undefined, dotted: string | undefined): FilterNode {
    let key = dotted;
    if (key === undefined) {
      if (!this.#take('[')) this.#expected('".key" or "[key]"');
      key = this.#string('a key');
      this.#close(']');
    }
    if (key === '') this.#expected('a key');
    const side: AnnotationNode['of'] =
      of === undefined ? 'own' : of.toLowerCase() === 'source' ? 'source' : 'destination';
    const test = this.#test();
    return { kind: 'annotation', of: side, key, test, span: this.#spanFrom(start) };
  }

  /** service = "service" [ "(" [ selector ] ")" ] [ body ] */
  #service(start: number): FilterNode {
    let service: Selector | null = null;
    if (this.#take('(') && !this.#take(')')) {
      service = this.#selector();
      this.#close(')');
    }
    const body = this.#body();
    return { kind: 'service', service, body, span: this.#spanFrom(start) };
  }

  /** edge = "edge" [ "(" [ selector [ "," selector ] ] ")" ] [ body ] */
  #edge(start: number): FilterNode {
    let source: Selector | null = null;
    let destination: Selector | null = null;
    if (this.#take('(') && !this.#take(')')) {
      source = this.#selector();
      if (this.#take(',')) destination = this.#selector();
      this.#close(')');
    }
    const body = this.#body();
    return { kind: 'edge', source, destination, body, span: this.#spanFrom(start) };
  }

  /** entity = "id(" idargs ")" */
  #entity(start: number): FilterNode {
    const entity = this.#idArguments(start);
    return { kind: 'entity', entity, span: this.#spanFrom(start) };
  }

  /** body = "{" or "}" */
  #body(): FilterNode | null {
    if (!this.#take('{')) return null;
    const body = this.#deeper(() => this.#or());
    this.#close('}');
    return body;
  }

  /** selector = string | bare | "id(" idargs ")" */
  #selector(): Selector {
    const { start } = this.#token.span;
    if (this.#atWord('id') && this.#tokens[this.#next + 1]?.kind === '(') {
      this.#next += 1;
      return this.#idArguments(start);
    }
    const name = this.#string('a service name or id(…)');
    return { name, type: null, accountId: null, span: this.#spanFrom(start) };
  }

  /**
   * idargs = idarg { "," idarg }                    ; each name once
   * idarg  = ( "name" | "type" | "account.id" ) ":" ( string | bare )
   */
  #idArguments(start: number): Selector {
    this.#take('(');
    let name: string | null = null;
    let type: string | null = null;
    let accountId: string | null = null;
    do {
      if (name === null && this.#atWord('name')) name = this.#idArgument();
      else if (type === null && this.#atWord('type')) type = this.#idArgument();
      else if (accountId === null && this.#atWord('account.id')) accountId = this.#idArgument();
      else this.#expected('one of name:, type: and account.id:, each once');
    } while (this.#take(','));
    this.#close(')');
    return { name, type, accountId, span: this.#spanFrom(start) };
  }

  #idArgument(): string {
    this.#next += 1;
    if (!this.#take(':')) this.#expected('":"');
    return this.#string('text');
  }

  /** rootcause = "rootcause." ( "fault" | "error" | "responsetime" ) "." ( "service" | "entity" | "exception" ) [ body ] */
  #rootCause(name: string, span: Span): FilterNode {
    const [, cause, list] = ROOT_CAUSE.exec(name) ?? [];
    if (!isCause(cause) || !isCauseList(list)) {
      throw new Stop({ code: 'unknown-keyword', found: name, near: didYouMean(name, ROOT_CAUSE_NAMES), span });
    }
    const body = this.#body();
    return { kind: 'root-cause', cause, list, body, span: this.#spanFrom(span.start) };
  }

  /** rcjson = "rootcause.json" "=" "#[" objects "]" */
  #rootCauseJson(start: number): FilterNode {
    const operator = this.#token;
    if (operator.kind !== 'operator' || operator.is !== '=') this.#expected('"="');
    this.#next += 1;
    const token = this.#token;
    if (token.kind !== 'json') this.#expected('"#[", JSON objects and "]"');
    this.#next += 1;
    const patterns = readPatterns(token.text);
    if (patterns === undefined) throw new Stop({ code: 'bad-json', span: token.span });
    return { kind: 'root-cause-json', text: token.text, patterns, span: this.#spanFrom(start) };
  }

  /** test = ( operator | CONTAINS | BEGINSWITH | ENDSWITH ) ( string | number | TRUE | FALSE | bare ) */
  #test(): Test | null {
    const token = this.#token;
    const is =
      token.kind === 'operator'
        ? token.is
        : token.kind === 'word'
          ? WORD_OPERATORS.get(token.text.toLowerCase())
          : undefined;
    if (is === undefined) return null;
    this.#next += 1;
    return { is, isSpan: token.span, operand: this.#operand() };
  }

  #operand(): Operand {
    const token = this.#token;
    if (token.kind === 'string') {
      this.#next += 1;
      return { kind: 'text', text: token.value, span: token.span };
    }
    const bare = this.#bare();
    if (bare === null) this.#expected('a value');
    const { text, span, single } = bare;
    if (single?.kind === 'number') return { kind: 'number', text, value: single.value, span };
    const lower = text.toLowerCase();
    if (lower === 'true' || lower === 'false') return { kind: 'boolean', text, value: lower === 'true', span };
    return { kind: 'text', text, span };
  }

  #string(expected: string): string {
    const token = this.#token;
    if (token.kind === 'string') {
      this.#next += 1;
      return token.value;
    }
    const bare = this.#bare();
    if (bare === null) this.#expected(expected);
    return bare.text;
  }

  /** bare = 1*( word | number | ":" )    ; touching each other: no space between; not a reserved word alone */
  #bare(): { readonly text: string; readonly span: Span; readonly single: Token | undefined } | null {
    const first = this.#next;
    const { start } = this.#token.span;
    let end = start;
    while (this.#token.span.start === end && isBarePart(this.#token)) {
      end = this.#token.span.end;
      this.#next += 1;
    }
    const text = this.#text.slice(start, end);
    if (text === '' || RESERVED.has(text.toLowerCase())) {
      this.#next = first;
      return null;
    }
    const single = this.#next === first + 1 ? this.#tokens[first] : undefined;
    return { text, span: { start, end }, single };
  }

  get #token(): Token {
    const token = this.#tokens[this.#next];
    if (token === undefined) throw new RangeError('read beyond the end token');
    return token;
  }

  #take(kind: Token['kind']): boolean {
    if (this.#token.kind !== kind) return false;
    this.#next += 1;
    return true;
  }

  #close(kind: ')' | '}' | ']'): void {
    if (!this.#take(kind)) this.#expected(`"${kind}"`);
  }

  #atWord(word: string): boolean {
    return this.#token.kind === 'word' && this.#token.text.toLowerCase() === word;
  }

  #takeWord(word: string): boolean {
    if (!this.#atWord(word)) return false;
    this.#next += 1;
    return true;
  }

  #atReserved(): boolean {
    return this.#token.kind === 'word' && RESERVED.has(this.#token.text.toLowerCase());
  }

  #startsUnary(): boolean {
    const { kind } = this.#token;
    return kind === '!' || kind === '(' || (kind === 'word' && !this.#atReserved());
  }

  #list(kind: 'and' | 'or', terms: readonly FilterNode[], start: number): FilterNode {
    const [only] = terms;
    return only !== undefined && terms.length === 1 ? only : { kind, terms, span: this.#spanFrom(start) };
  }

  #deeper(read: () => FilterNode): FilterNode {
    this.#depth += 1;
    if (this.#depth > FILTER_DEPTH_MAX) throw new Stop({ code: 'too-deep', span: this.#token.span });
    const node = read();
    this.#depth -= 1;
    return node;
  }

  #spanFrom(start: number): Span {
    return { start, end: this.#tokens[this.#next - 1]?.span.end ?? start };
  }

  #expected(expected: string): never {
    const before = this.#tokens[this.#next - 1];
    const { span, kind } = this.#token;
    const after = before === undefined ? null : this.#text.slice(before.span.start, before.span.end);
    const found = kind === 'end' ? null : this.#text.slice(span.start, span.end);
    throw new Stop({ code: 'syntax', expected, after, found, span });
  }
}

function isBarePart(token: Token): boolean {
  return token.kind === 'word' || token.kind === 'number' || token.kind === ':';
}

function isCause(text: string | undefined): text is 'fault' | 'error' | 'responsetime' {
  return text === 'fault' || text === 'error' || text === 'responsetime';
}

function isCauseList(text: string | undefined): text is 'service' | 'entity' | 'exception' {
  return text === 'service' || text === 'entity' || text === 'exception';
}

/** Account ids also come as JSON numbers, which cannot carry their leading zeros. */
function readPatterns(text: string): readonly JsonObject[] | undefined {
  try {
    const patterns: unknown = JSON.parse(text, (key, value: unknown) =>
      key === 'AccountId' && typeof value === 'number' ? String(value).padStart(ACCOUNT_ID_DIGITS, '0') : value,
    );
    return Array.isArray(patterns) && patterns.length > 0 && patterns.every(isJsonObject) ? patterns : undefined;
  } catch {
    return undefined;
  }
}

function isJsonObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
