import { z } from 'zod';
import type { EncryptionType, EncryptionConfig } from '../control-shapes.ts';
import { KEY_ID_CHARS_MAX } from '../limits.ts';
import type { Operation } from './operation.ts';
import { optional, text } from './schema.ts';

export interface PutEncryptionConfigInput {
  /** For KMS only: an alias, a key id or an ARN. */
  readonly KeyId?: string | undefined;
  readonly Type: EncryptionType;
}

export interface PutEncryptionConfigOutput {
  readonly EncryptionConfig?: EncryptionConfig;
}

export const putEncryptionConfig: Operation<'put-encryption-config', PutEncryptionConfigInput> = {
  name: 'put-encryption-config',
  path: '/PutEncryptionConfig',
  input: z.object({ KeyId: optional(text(KEY_ID_CHARS_MAX, 1)), Type: z.enum(['NONE', 'KMS']) }),
};
