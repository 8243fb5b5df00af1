import { bad, ok, type Result } from '@fluoroscope/model';
import { isNode, isScalar, LineCounter, parse, parseDocument, visit, type Document } from 'yaml';

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
}

/** Anchors in anchors can become gigabytes. */
const ALIASES_MAX = 100;

/**
 * variable = "${" [ "env:" ] name [ ":-" default ] "}"   ; "$$" is a dollar sign
 * name     = 1*( letter / digit / "_" )
 */
const VARIABLE = /\$\$|\$\{(?:env:)?([A-Za-z_]\w*)(?::-([^}]*))?\}/g;

/** YAML with variables of the environment in its scalars. A scalar that is one variable and no more has the type of what it holds. */
export function readYaml(
  text: string,
  environment: Readonly<Record<string, string | undefined>>,
): Result<YamlText, readonly ConfigFault[]> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number | undefined): number | null =>
    offset === undefined ? null : lines.linePos(offset).line;
  // What follows the first one is its consequence.
  const [broken] = document.errors;
  if (broken !== undefined) {
    return bad([{ line: lineAt(broken.pos[0]), key: '', message: `not YAML: ${broken.message}` }]);
  }
  const faults: ConfigFault[] = [];
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value !== 'string') return;
      const filled = fillIn(node.value, environment);
      if (filled.ok) node.value = filled.value;
      else faults.push({ line: lineAt(node.range?.[0]), key: '', message: filled.problem });
    },
  });
  if (faults.length > 0) return bad(faults);
  try {
    const value: unknown = document.toJS({ maxAliasCount: ALIASES_MAX });
    return ok({ value, lineOf: (path) => lineOf(document, path, lineAt) });
  } catch (error) {
    return bad([{ line: null, key: '', message: `not YAML: ${error instanceof Error ? error.message : ''}` }]);
  }
}

function fillIn(text: string, environment: Readonly<Record<string, string | undefined>>): Result<unknown, string> {
  if (!text.includes('$')) return ok(text);
  const missing: string[] = [];
  const filled = text.replaceAll(VARIABLE, (whole: string, name: string | undefined, fallback: string | undefined) => {
    if (name === undefined) return '$';
    const value = environment[name] ?? fallback;
    if (value === undefined) missing.push(name);
    return value ?? whole;
  });
  if (missing.length > 0) return bad(`the environment has no ${missing.join(', ')}`);
  const isVariable = new RegExp(`^(?:${VARIABLE.source})$`).test(text) && text !== '$$';
  return ok(isVariable ? scalarOf(filled) : filled);
}

/** A number or a flag where the text is one. */
function scalarOf(text: string): unknown {
  if (!/^(true|false|-?\d+(\.\d+)?)$/.test(text)) return text;
  const value: unknown = parse(text);
  return value;
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
