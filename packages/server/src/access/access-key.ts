import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { KEY_NAME_CHARS_MAX } from '@fluoroscope/api';
import { z } from 'zod';
import { SCOPES, type Scope } from './scopes.ts';

export interface AccessKey {
  /** 20 characters, as AWS's. */
  readonly id: string;
  /** 40 characters. Recoverable, because a SigV4 signature can only be checked with the secret itself. */
  readonly secret: string;
  /** For people. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Seconds since 1970. */
  readonly createdAt: number;
}

const ID_PREFIX = 'FLUO';
const ID_CHARS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const ID_RANDOM_CHARS = 16;
/** 40 characters in base64. */
const SECRET_BYTES = 30;

export const KEY_ID: RegExp = /^[A-Z0-9]{20}$/;

export const accessKey: z.ZodType<AccessKey> = z.strictObject({
  id: z.string().regex(KEY_ID),
  secret: z.string().regex(/^[A-Za-z0-9_-]{40}$/),
  name: z.string().max(KEY_NAME_CHARS_MAX),
  scopes: z.array(z.enum(SCOPES)).min(1),
  createdAt: z.number(),
});

export function makeAccessKey(name: string, scopes: readonly Scope[], nowSeconds: number): AccessKey {
  const random = Array.from({ length: ID_RANDOM_CHARS }, () => ID_CHARS[randomInt(ID_CHARS.length)]);
  return {
    id: `${ID_PREFIX}${random.join('')}`,
    secret: randomBytes(SECRET_BYTES).toString('base64url'),
    name,
    scopes,
    createdAt: Math.floor(nowSeconds),
  };
}

/** In a time that tells nothing of where they differ. */
export function sameText(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
