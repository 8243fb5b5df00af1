import { ANNOTATION_KEY_CHARS_MAX } from '../../entity-fields.ts';

// Hot path: what is true of an attribute's key alone is found out once, not for each span. to-documents.bench.ts

/** Attributes of a resource, where they stand for themselves among a span's. */
export const RESOURCE_PREFIX = 'otel.resource.';

/** Attributes that hold a namespace of metadata. */
export const METADATA_PREFIX = 'aws.xray.metadata.';

/**
 * What keys begin with, up to the first full stop, of all that a document's fields are made from. A span that has no key of a
 * family need not be asked for each of them.
 */
const FAMILIES = [
  'aws',
  'cloud',
  'component',
  'db',
  'enduser',
  'gen_ai',
  'http',
  'mesh',
  'messaging',
  'net',
  'node_id',
  'otel',
  'peer',
  'rpc',
  'server',
  'upstream_cluster',
  'url',
  'user_agent',
] as const;

export type Family = (typeof FAMILIES)[number];

const BITS: ReadonlyMap<string, number> = new Map(FAMILIES.map((family, at) => [family, 1 << at]));

/** A set of families, as bits. */
export function familiesOf(...families: readonly Family[]): number {
  return families.reduce((bits, family) => bits | bitOf(family), 0);
}

/** 0 for a key that nothing is made from. */
function bitOf(key: string): number {
  const end = key.indexOf('.');
  return BITS.get(end < 0 ? key : key.slice(0, end)) ?? 0;
}

export interface AttributeKey {
  readonly text: string;
  /** `"key":` */
  readonly first: string;
  /** `,"key":` */
  readonly next: string;
  readonly family: number;
  readonly isOfResource: boolean;
  /** Can be an annotation's as it is; none of a resource's is. */
  readonly isPlain: boolean;
  /** Whether another look at the same key gives the same object. */
  readonly isKept: boolean;
  /** The list of attributes that it was met in last. */
  metIn: number;
}

/** Keys that are remembered: those met first, which are those of every span. */
const KNOWN_KEYS_MAX = 2_048;
const KNOWN_KEY_CHARS_MAX = 64;
const known = new Map<string, AttributeKey>();

export function readKey(text: string): AttributeKey {
  return known.get(text) ?? learnKey(text);
}

function learnKey(text: string): AttributeKey {
  const isKept = known.size < KNOWN_KEYS_MAX && text.length <= KNOWN_KEY_CHARS_MAX;
  const isOfResource = text.startsWith(RESOURCE_PREFIX);
  const member = `${JSON.stringify(text)}:`;
  const key: AttributeKey = {
    text,
    first: member,
    next: `,${member}`,
    family: bitOf(text),
    isOfResource,
    isPlain: !isOfResource && text.length <= ANNOTATION_KEY_CHARS_MAX && PLAIN_KEY.test(text),
    isKept,
    metIn: 0,
  };
  if (isKept) known.set(text, key);
  return key;
}

const PLAIN_KEY = /^[A-Za-z0-9_.]+$/;
