import type { JsonObject } from '@fluoroscope/model';
import type { Comparison, TextMatch } from '@fluoroscope/store';

/** Offsets in UTF-16 units of the expression's text; the end is behind the last character. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** An expression as written. Keywords are in lower case; whether they exist is the checker's business. */
export type FilterNode =
  | AndNode
  | OrNode
  | NotNode
  | KeywordNode
  | AnnotationNode
  | ServiceNode
  | EdgeNode
  | EntityNode
  | RootCauseNode
  | RootCauseJsonNode
  | GroupNode;

/** Two terms or more. */
export interface AndNode {
  readonly kind: 'and';
  readonly terms: readonly FilterNode[];
  readonly span: Span;
}

/** Two terms or more. */
export interface OrNode {
  readonly kind: 'or';
  readonly terms: readonly FilterNode[];
  readonly span: Span;
}

export interface NotNode {
  readonly kind: 'not';
  readonly term: FilterNode;
  readonly span: Span;
}

/** `fault`, `duration > 2`, `group.name = "slow"`: anything that is one name and perhaps a test. */
export interface KeywordNode {
  readonly kind: 'keyword';
  readonly name: string;
  readonly test: Test | null;
  readonly span: Span;
}

export interface AnnotationNode {
  readonly kind: 'annotation';
  /** Whose annotations; the ends of a connection can be asked inside `edge{…}`. */
  readonly of: 'own' | 'source' | 'destination';
  readonly key: string;
  readonly test: Test | null;
  readonly span: Span;
}

export interface ServiceNode {
  readonly kind: 'service';
  readonly service: Selector | null;
  readonly body: FilterNode | null;
  readonly span: Span;
}

export interface EdgeNode {
  readonly kind: 'edge';
  readonly source: Selector | null;
  /** Null when `source` is. */
  readonly destination: Selector | null;
  readonly body: FilterNode | null;
  readonly span: Span;
}

/** `id(…)` on its own, as EntitySelectorExpression has it. */
export interface EntityNode {
  readonly kind: 'entity';
  readonly entity: Selector;
  readonly span: Span;
}

export interface RootCauseNode {
  readonly kind: 'root-cause';
  readonly cause: 'fault' | 'error' | 'responsetime';
  readonly list: 'service' | 'entity' | 'exception';
  readonly body: FilterNode | null;
  readonly span: Span;
}

export interface RootCauseJsonNode {
  readonly kind: 'root-cause-json';
  /** As written, brackets included. */
  readonly text: string;
  readonly patterns: readonly JsonObject[];
  readonly span: Span;
}

/** `group.name = "slow"` with what the group means; made by `resolveGroups`, never by the parser. */
export interface GroupNode {
  readonly kind: 'group';
  readonly keyword: KeywordNode;
  /** The group's expression; null: every trace. */
  readonly expression: FilterNode | null;
  /** Written with `!=`. */
  readonly negated: boolean;
  readonly span: Span;
}

/** A node of the service graph; null matches any. At least one is given. */
export interface Selector {
  readonly name: string | null;
  readonly type: string | null;
  readonly accountId: string | null;
  readonly span: Span;
}

export interface Test {
  readonly is: Comparison | TextMatch;
  readonly isSpan: Span;
  readonly operand: Operand;
}

/** `text` is what was written, without quotes and escapes: `user = 007` asks for the text. */
export type Operand =
  | { readonly kind: 'text'; readonly text: string; readonly span: Span }
  | { readonly kind: 'number'; readonly text: string; readonly value: number; readonly span: Span }
  | { readonly kind: 'boolean'; readonly text: string; readonly value: boolean; readonly span: Span };
