import type { EntityDocument, Json, JsonObject } from '@fluoroscope/model';

/** Fields of a document, and the attributes of which they are made, or which are made of them. */
const FIELDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['http.request.method', ['http.method', 'http.request.method']],
  [
    'http.request.url',
    ['http.url', 'url.full', 'http.target', 'http.path', 'url.path', 'url.query', 'http.host', 'http.server_name'],
  ],
  ['http.request.user_agent', ['http.user_agent', 'user_agent.original', 'user_agent']],
  [
    'http.request.client_ip',
    ['http.client_ip', 'client.address', 'net.peer.ip', 'network.peer.address', 'peer.ipv4', 'peer.ipv6'],
  ],
  ['http.response.status', ['http.status_code', 'http.response.status_code']],
  ['http.response.content_length', ['http.response_content_length', 'http.response.body.size', 'response_size']],
  ['sql.sanitized_query', ['db.statement', 'db.query.text', 'sql.query']],
  ['sql.user', ['db.user']],
  ['sql.connection_string', ['db.connection_string', 'db.name', 'db.namespace']],
  ['user', ['enduser.id']],
]);

/** Another text for a field; undefined for none. */
export type FieldChange = ((value: Json) => string) | undefined;

/** The entity with those fields changed whose attributes are wanted; what is no text goes. What it embeds stays. */
export function changeFields<T extends EntityDocument>(
  entity: T,
  isWanted: (attributes: readonly string[]) => boolean,
  change: FieldChange,
): T {
  const members = Object.entries(entity);
  if (!members.some(([key]) => BLOCKS.has(key))) return entity;
  const changed = members.flatMap(([key, value]: readonly [string, Json]) =>
    BLOCKS.has(key) ? Object.entries(walk({ [key]: value }, '', isWanted, change)) : [[key, value]],
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- fields are exchanged for fields of their type, or left out
  return Object.fromEntries(changed) as T;
}

/** Fields that have such fields, or are such. */
const BLOCKS: ReadonlySet<string> = new Set(['http', 'sql', 'user']);

function walk(
  source: JsonObject,
  prefix: string,
  isWanted: (attributes: readonly string[]) => boolean,
  change: FieldChange,
): JsonObject {
  return Object.fromEntries(
    Object.entries(source).flatMap(([key, value]): readonly (readonly [string, Json])[] => {
      const attributes = FIELDS.get(prefix + key);
      if (attributes !== undefined && isWanted(attributes)) {
        return change === undefined || typeof value !== 'string' ? [] : [[key, change(value)]];
      }
      return [[key, isObject(value) ? walk(value, `${prefix}${key}.`, isWanted, change) : value]];
    }),
  );
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
