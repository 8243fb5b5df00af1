import { bad, ok, type Result } from '@fluoroscope/model';
import {
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parse,
  parseDocument,
  visit,
  type Document,
  type Scalar,
} from 'yaml';

/** What is wrong with a configuration, and where. */
export interface ConfigFault {
  /** From 1; null when it is no place in the file. */
  readonly line: number | null;
  /** `exporters.otlp/ours.endpoint`; empty for the whole file. */
  readonly key: string;
  readonly message: string;
}

export type ConfigPath = readonly (string | number)[];

export interface YamlText {
  readonly value: unknown;
  /** Of a key's value, or of the nearest thing around it that is there. */
  readonly lineOf: (path: ConfigPath) => number | null;
  /** Puts the text that was written, or a variable's, in the place of the number, flag or list that it was read as. False when it was none. */
  readonly asText: (path: ConfigPath) => boolean;
}

/** Anchors in anchors can become gigabytes. */
const ALIASES_MAX = 100;

/**
 * variable = "${" [ "env:" ] name [ ":-" default ] "}"   ; "$$" is a dollar sign
 * name     = 1*( letter / digit / "_" )
 */
const REFERENCE = /\$\$|\$\{([^}]*)\}/g;
const VARIABLE = /^(?:env:)?([A-Za-z_]\w*)(?::-([^$]*))?$/;

/** `100_000`, as the OpenTelemetry Collector's YAML has it. */
const GROUPED = /^[-+]?\d+(?:_\d+)+$/;

/** YAML with variables of the environment in its scalars. A scalar that is one variable and no more is read as YAML itself. */
export function readYaml(
  text: string,
  environment: Readonly<Record<string, string | undefined>>,
): Result<YamlText, readonly ConfigFault[]> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const lineAt = (offset: number | undefined): number | null =>
    offset === undefined ? null : lines.linePos(offset).line;
  // What follows the first one is its consequence.
  const [broken] = document.errors;
  if (broken !== undefined) {
    return bad([{ line: lineAt(broken.pos[0]), key: '', message: `not YAML: ${broken.message}` }]);
  }
  const faults: ConfigFault[] = [];
  const texts = new Map<string, string>();
  visit(document, {
    Scalar(_key, node, ancestors) {
      if (typeof node.value !== 'string') return;
      const filled = fillIn(node, environment);
      if (filled.ok && filled.value === null) return;
      const path = pathOf(node, ancestors);
      if (!filled.ok) faults.push({ line: lineAt(node.range?.[0]), key: printPath(path), message: filled.problem });
      else if (filled.value !== null) {
        if (typeof filled.value.value !== 'string') texts.set(keyOf(path), filled.value.text);
        node.value = filled.value.value;
      }
    },
  });
  if (faults.length > 0) return bad(faults);
  try {
    const value: unknown = document.toJS({ maxAliasCount: ALIASES_MAX });
    const asText = (path: ConfigPath): boolean => {
      const written = texts.get(keyOf(path));
      return written !== undefined && texts.delete(keyOf(path)) && putIn(value, path, written);
    };
    return ok({ value, lineOf: (path) => lineOf(document, path, lineAt), asText });
  } catch (error) {
    return bad([{ line: null, key: '', message: `not YAML: ${error instanceof Error ? error.message : ''}` }]);
  }
}

interface Filled {
  readonly text: string;
  readonly value: unknown;
}

/** Null for what stays as it is. */
function fillIn(
  { value: written, type }: Scalar,
  environment: Readonly<Record<string, string | undefined>>,
): Result<Filled | null, string> {
  const text = String(written);
  if (type === 'PLAIN' && GROUPED.test(text)) return ok({ text, value: Number(text.replaceAll('_', '')) });
  if (!text.includes('$')) return ok(null);
  const problems: string[] = [];
  const filled = text.replaceAll(REFERENCE, (whole: string, body: string | undefined) => {
    if (body === undefined) return '$';
    const [, name, fallback] = VARIABLE.exec(body) ?? [];
    if (name === undefined)
      problems.push(`${whole}: only \${env:NAME} and \${env:NAME:-text} are supported; $$ is a dollar sign`);
    else if (environment[name] === undefined && fallback === undefined) problems.push(`the environment has no ${name}`);
    else return environment[name] ?? fallback ?? '';
    return whole;
  });
  if (problems.length > 0) return bad(problems.join('; '));
  const isVariable = /^\$\{[^}]*\}$/.test(text);
  return ok({ text: filled, value: isVariable ? valueOf(filled) : filled });
}

/** What a variable holds, as YAML; a text where it is none, or means nothing. */
function valueOf(text: string): unknown {
  try {
    const value: unknown = parse(text, { maxAliasCount: 0, logLevel: 'silent' });
    return value ?? text;
  } catch {
    return text;
  }
}

/** `receivers.otlp/two.protocols`, `service.pipelines.traces.receivers[1]` */
export function printPath(path: ConfigPath): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');
}

function keyOf(path: ConfigPath): string {
  return JSON.stringify(path);
}

function pathOf(node: Scalar, ancestors: readonly unknown[]): ConfigPath {
  return ancestors.flatMap((ancestor, at): ConfigPath => {
    if (isPair(ancestor)) return [isScalar(ancestor.key) ? String(ancestor.key.value) : String(ancestor.key)];
    return isSeq(ancestor) ? [ancestor.items.indexOf(ancestors[at + 1] ?? node)] : [];
  });
}

function putIn(root: unknown, path: ConfigPath, text: string): boolean {
  const parent = path
    .slice(0, -1)
    .reduce<unknown>((at, key) => (isObject(at) ? Reflect.get(at, key) : undefined), root);
  return isObject(parent) && Reflect.set(parent, path.at(-1) ?? '', text);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function lineOf(
  document: Document,
  path: ConfigPath,
  lineAt: (offset: number | undefined) => number | null,
): number | null {
  for (let length = path.length; length > 0; length -= 1) {
    const start = path.slice(0, length);
    const parent: unknown = length === 1 ? document.contents : document.getIn(start.slice(0, -1), true);
    const offset = keyOffset(parent, start.at(-1)) ?? nodeOffset(document.getIn(start, true));
    if (offset !== undefined) return lineAt(offset);
  }
  return null;
}

/** Where the key stands that a fault names. */
function keyOffset(parent: unknown, name: string | number | undefined): number | undefined {
  if (!isNode(parent) || !('items' in parent) || !Array.isArray(parent.items)) return undefined;
  for (const item of parent.items) {
    const key: unknown = typeof item === 'object' && item !== null && 'key' in item ? item.key : undefined;
    if (isScalar(key) && key.value === name) return key.range?.[0];
  }
  return undefined;
}

function nodeOffset(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
