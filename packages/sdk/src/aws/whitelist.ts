import { readJsonFile } from '../files.ts';
import { getLogger } from '../logger.ts';
import { isRecord } from '../objects.ts';
import { defaultWhitelist } from './default-whitelist.ts';

/** How one parameter is kept: its value, how many it holds, or its keys. */
export interface WhitelistDescriptor {
  readonly list?: boolean;
  readonly get_count?: boolean;
  readonly get_keys?: boolean;
  readonly rename_to?: string;
}

export interface WhitelistOperation {
  readonly request_parameters?: readonly string[];
  readonly response_parameters?: readonly string[];
  readonly request_descriptors?: Readonly<Record<string, WhitelistDescriptor>>;
  readonly response_descriptors?: Readonly<Record<string, WhitelistDescriptor>>;
}

/** The official SDK's file format. Services in lower case, operations with a small first letter. */
export interface Whitelist {
  readonly services: Readonly<Record<string, { readonly operations: Readonly<Record<string, WhitelistOperation>> }>>;
}

/** A call as the whitelist sees it. */
export interface WhitelistedCall {
  readonly service: string;
  readonly operation: string;
  readonly params: unknown;
  readonly data: unknown;
}

let services: Readonly<Record<string, unknown>> = defaultWhitelist().services;

/** Replaces the table of kept parameters. @param source a path to a JSON file, or its content. @throws Error when it is neither */
export function setAWSWhitelist(source: string | object): void {
  services = readServices(source);
}

/** Adds services to the table, or replaces some of it. @throws Error as `setAWSWhitelist` */
export function appendAWSWhitelist(source: string | object): void {
  services = { ...services, ...readServices(source) };
}

/** Adds fields in snake case to `kept`, a subsegment's `aws`. */
export function captureParameters(
  { service, operation, params, data }: WhitelistedCall,
  kept: Record<string, unknown> = {},
): Record<string, unknown> {
  const entry = services[service];
  const operations = isRecord(entry) ? entry['operations'] : undefined;
  const rules = isRecord(operations) ? operations[operation] : undefined;
  if (!isRecord(rules)) return kept;
  for (const [kind, rule] of Object.entries(rules)) {
    const from = kind.startsWith('request_') ? params : data;
    if (!KINDS.has(kind)) {
      getLogger().error(
        `Unknown parameter type "${kind}" of ${service}.${operation}: one of ${[...KINDS].join(', ')}.`,
      );
    } else if (isRecord(from)) {
      if (Array.isArray(rule)) copyParameters(rule, from, kept);
      else if (isRecord(rule)) describeParameters(rule, from, kept);
    }
  }
  return kept;
}

const KINDS: ReadonlySet<string> = new Set([
  'request_descriptors',
  'request_parameters',
  'response_descriptors',
  'response_parameters',
]);

function copyParameters(
  names: readonly unknown[],
  from: Readonly<Record<string, unknown>>,
  kept: Record<string, unknown>,
): void {
  for (const name of names) {
    if (typeof name === 'string' && from[name] !== undefined) kept[toSnakeCase(name)] = from[name];
  }
}

function describeParameters(
  descriptors: Readonly<Record<string, unknown>>,
  from: Readonly<Record<string, unknown>>,
  kept: Record<string, unknown>,
): void {
  for (const [name, descriptor] of Object.entries(descriptors)) {
    const value = from[name];
    if (value === undefined || !isRecord(descriptor)) continue;
    const { rename_to: renamed } = descriptor;
    kept[typeof renamed === 'string' ? renamed : toSnakeCase(name)] = describe(value, descriptor);
  }
}

function describe(value: unknown, { list, get_count: count, get_keys: keys }: Record<string, unknown>): unknown {
  if (list === true && count === true) return Array.isArray(value) ? value.length : 0;
  return keys === true && typeof value === 'object' && value !== null ? Object.keys(value) : value;
}

/** Names come from the table, which is not long. */
const snakeNames = new Map<string, string>();
const SNAKE_NAMES_MAX = 1_000;

/** `QueueUrl` → `queue_url`. */
function toSnakeCase(name: string): string {
  const known = snakeNames.get(name);
  if (known !== undefined) return known;
  const words = name.split(/(?=[A-Z])/);
  const snake = name === 'IPAddress' ? 'ip_address' : words.join('_').toLowerCase();
  if (snakeNames.size < SNAKE_NAMES_MAX) snakeNames.set(name, snake);
  return snake;
}

function readServices(source: unknown): Record<string, unknown> {
  if (!source || !(typeof source === 'string' || typeof source === 'object')) {
    throw new Error('Please specify a path to the local whitelist file, or supply a whitelist source object.');
  }
  const content: unknown = typeof source === 'string' ? readJsonFile(source) : source;
  const found = isRecord(content) ? content['services'] : undefined;
  if (!isRecord(found)) throw new Error('Document formatting is incorrect. Expecting "services" param.');
  return found;
}
