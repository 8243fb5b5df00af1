import type { AwsCredentials } from './sign-v4.ts';

/**
 * keys = {"AccessKeyId": …, "SecretAccessKey": …, "Token" or "SessionToken": …, "Expiration": ISO 8601}
 * @throws Error without the first two
 */
export function readKeys(json: string): AwsCredentials {
  const keys: unknown = JSON.parse(json);
  const accessKeyId = textOf(keys, 'AccessKeyId');
  const secretAccessKey = textOf(keys, 'SecretAccessKey');
  if (accessKeyId === null || secretAccessKey === null) throw new Error('credentials: no keys in the answer');
  const sessionToken = textOf(keys, 'Token') ?? textOf(keys, 'SessionToken');
  return { accessKeyId, secretAccessKey, sessionToken, expiresAtMs: timeOf(textOf(keys, 'Expiration')) };
}

export function timeOf(text: string | null): number | null {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) ? null : ms;
}

export function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

export function textOf(value: unknown, name: string): string | null {
  const member = memberOf(value, name);
  return typeof member === 'string' ? member : null;
}
