import { z } from 'zod';
import { NEEDS } from '../../access/scopes.ts';
import type { RequestName } from '../../events.ts';
import { API_CALLS, type ApiAnswer, type ApiCall } from './calls.ts';

/** A route as it is registered. */
export interface ApiRoute {
  readonly method: string;
  /** As the framework writes it: `/api/traces/:id`. */
  readonly url: string;
  readonly name: RequestName;
}

export interface ApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
  readonly components: Readonly<Record<string, unknown>>;
}

export interface ApiOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters?: readonly ApiParameter[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, unknown>>;
}

export interface ApiParameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: unknown;
}

const ABOUT =
  "The console's own calls, beside X-Ray's operations. They change with the console; X-Ray's operations do not. Times are seconds since 1970 with a fraction.";

/** OpenAPI 3.1 of these routes. What has no line in `API_CALLS` says so, which a test refuses. */
export function describeApi(routes: readonly ApiRoute[], version: string): ApiDocument {
  const paths: Record<string, Record<string, ApiOperation>> = {};
  for (const { method, url, name } of routes) {
    const ofPath = (paths[printPath(url)] ??= {});
    ofPath[method.toLowerCase()] = describeCall(name, callOf(name) ?? UNDESCRIBED);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Fluoroscope', version, description: ABOUT },
    paths,
    components: { schemas: { Error: ERROR_SCHEMA } },
  };
}

export const UNDESCRIBED: ApiCall = { says: 'Not described.', answer: { says: 'Not described.' } };

function callOf(name: RequestName): ApiCall | undefined {
  const calls: { readonly [Name in RequestName]?: ApiCall } = API_CALLS;
  return calls[name];
}

function printPath(url: string): string {
  return url.replaceAll(/:(\w+)/g, '{$1}');
}

function describeCall(name: RequestName, call: ApiCall): ApiOperation {
  const parameters = [...pathParameters(call), ...queryParameters(call)];
  const { body } = call;
  return {
    operationId: name,
    summary: call.says,
    description: printNeed(name),
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && {
      requestBody: { required: true, content: { 'application/json': { schema: toSchema(body) } } },
    }),
    responses: {
      200: { description: call.answer.says, content: describeAnswer(call.answer) },
      default: {
        description: 'An error of docs/errors.md.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  };
}

function pathParameters({ path = {} }: ApiCall): ApiParameter[] {
  return Object.entries(path).map(([name, description]) => ({
    name,
    in: 'path',
    required: true,
    description,
    schema: { type: 'string' },
  }));
}

function queryParameters({ query }: ApiCall): ApiParameter[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = toSchema(query);
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

/** As it is sent, before it is read. */
function toSchema(schema: z.ZodType): z.core.JSONSchema.BaseSchema {
  const { $schema: _dialect, ...described } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return described;
}

function describeAnswer({ media = 'application/json', type, says }: ApiAnswer): Readonly<Record<string, unknown>> {
  if (media !== 'application/json') return { [media]: {} };
  return { [media]: { schema: { type: 'object', ...(type !== undefined && { title: type }), description: says } } };
}

function printNeed(name: RequestName): string {
  const need = NEEDS[name];
  return need === 'nothing' ? 'Needs no key.' : `Where keys are asked for, needs the scope ${need.join(' or ')}.`;
}

const ERROR_SCHEMA = {
  type: 'object',
  required: ['__type', 'message'],
  properties: { __type: { type: 'string' }, message: { type: 'string' } },
} as const;
