import type { EntityDocument } from '@fluoroscope/model';

const DETAIL_CHARS_MAX = 120;

/** What tells a call from others to the same place: operation and resource, or method and path. */
export function outlineDetail(
  entity: EntityDocument & { readonly namespace?: string; readonly inferred?: true },
): string {
  return detailOf(entity).slice(0, DETAIL_CHARS_MAX);
}

function detailOf({
  aws,
  http,
  namespace,
  inferred,
}: EntityDocument & { readonly namespace?: string; readonly inferred?: true }): string {
  if (namespace === 'aws') {
    const resource =
      aws?.['table_name'] ?? aws?.['queue_url'] ?? aws?.['bucket_name'] ?? aws?.['function_name'] ?? aws?.['topic_arn'];
    const last = typeof resource === 'string' ? (resource.split(/[/:]/).at(-1) ?? '') : '';
    const operation = aws?.['operation'];
    return `${typeof operation === 'string' ? operation : ''} ${last}`.trim();
  }
  const url = http?.request?.url;
  if (inferred === true || url === undefined) return '';
  const path = /^[a-z]+:\/\/[^/]*(\/.*)?$/i.exec(url)?.[1] ?? url;
  return `${http?.request?.method ?? ''} ${path}`.trim();
}
