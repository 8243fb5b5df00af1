import { findJsonPlaces, placeOfPath, textPlace, type TextPlace } from './json-places.ts';

/** Taken as it stands: it keeps everybody from two things, and allows nothing. */
export const EXAMPLE_POLICY: string = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Deny",
      "Principal": "*",
      "Action": ["xray:DeleteGroup", "xray:DeleteSamplingRule"],
      "Resource": "*"
    }
  ]
}
`;

/** What a list says of one statement. */
export interface StatementSummary {
  /** Its place among the others. */
  readonly key: string;
  readonly effect: string;
  readonly principals: readonly string[];
  readonly actions: readonly string[];
  readonly isConditional: boolean;
}

/** Of a document that the server has taken; null of any other. */
export function summarizePolicy(document: string): readonly StatementSummary[] | null {
  const { Statement: statements } = membersOf(readJson(document));
  if (statements === undefined) return null;
  return [statements].flat().map((one, index): StatementSummary => {
    const { Effect, Principal, Action, Condition } = membersOf(one);
    const principals = typeof Principal === 'string' ? [Principal] : Object.values(membersOf(Principal)).flat();
    return {
      key: String(index),
      effect: String(Effect),
      principals: principals.map(String),
      actions: [Action].flat().map(String),
      isConditional: Condition !== undefined,
    };
  });
}

export interface PolicyRefusal {
  /** What the server said, without the field's name. */
  readonly sentence: string;
  readonly at: number;
  readonly place: TextPlace;
}

const DOCUMENT = 'PolicyDocument: ';

/**
 * What the server said of a policy's text, and where in it that is; null: it named no place there.
 *
 *   sentence = "PolicyDocument: " [ path ": " ] text      path = name *( "." name / "[" index "]" )
 */
export function placeRefusal(document: string, message: string): PolicyRefusal | null {
  if (!message.startsWith(DOCUMENT)) return null;
  const sentence = message.slice(DOCUMENT.length);
  const found = findJsonPlaces(document);
  const path = /^([A-Za-z][\w.[\]]*): /.exec(sentence)?.[1];
  if (found.breaksAt === null && path === undefined) return null;
  // A statement alone is refused as the first of a list.
  const listed = path ?? '';
  const spelled = found.places.has('.Statement[0]') ? listed : listed.replace(/^Statement\[0\]/, 'Statement');
  const at = found.breaksAt ?? placeOfPath(found, spelled);
  return { sentence, at, place: textPlace(document, at) };
}

/** With line breaks, as people write it; null: it is no JSON. */
export function formatPolicy(document: string): string | null {
  const value = readJson(document);
  return value === undefined ? null : `${JSON.stringify(value, null, 2)}\n`;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
