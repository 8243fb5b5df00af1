import { ANNOTATION_KEY_CHARS_MAX, ANNOTATION_VALUE_CHARS_MAX } from '../../entity-fields.ts';
import type { AnnotationValue } from '../../segment-document.ts';
import type { Tags } from './rpc-span.ts';

/** X-Ray indexes 50 annotations of a trace; more of one span are kept, unindexed. */
export const ANNOTATED_TAGS_MAX = 50;

const ANNOTATION_KEY = /^[A-Za-z0-9_.]+$/;

export interface SplitTags {
  /** Fit for annotations as they are, so that they come back out as they were. */
  readonly annotations: Tags;
  /** Undefined when all fitted. */
  readonly others: Record<string, AnnotationValue> | undefined;
}

export function splitTags(tags: Tags): SplitTags {
  let count = 0;
  for (const key in tags) {
    const value = tags[key];
    count += 1;
    if (value === undefined || count > ANNOTATED_TAGS_MAX || !isAnnotation(key, value)) return sortOut(tags);
  }
  return { annotations: tags, others: undefined };
}

function sortOut(tags: Tags): SplitTags {
  const annotations: Record<string, AnnotationValue> = {};
  let others: [string, AnnotationValue][] | undefined;
  let count = 0;
  for (const key of Object.keys(tags)) {
    const value = tags[key];
    if (value === undefined) continue;
    if (count < ANNOTATED_TAGS_MAX && isAnnotation(key, value)) {
      annotations[key] = value;
      count += 1;
    } else {
      (others ??= []).push([key, value]);
    }
  }
  // fromEntries defines properties, so a key `__proto__` stays a key.
  return { annotations, others: others === undefined ? undefined : Object.fromEntries(others) };
}

function isAnnotation(key: string, value: AnnotationValue): boolean {
  if (key.length > ANNOTATION_KEY_CHARS_MAX || key === '__proto__' || !ANNOTATION_KEY.test(key)) return false;
  return typeof value !== 'string' || value.length <= ANNOTATION_VALUE_CHARS_MAX;
}
