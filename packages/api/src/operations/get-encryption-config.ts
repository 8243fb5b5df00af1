import { z } from 'zod';
import type { EncryptionConfig } from '../control-shapes.ts';
import type { Operation } from './operation.ts';

/** No members. */
// oxlint-disable-next-line typescript/no-empty-object-type -- X-Ray's own shape
export interface GetEncryptionConfigInput {}

export interface GetEncryptionConfigOutput {
  readonly EncryptionConfig?: EncryptionConfig;
}

export const getEncryptionConfig: Operation<'get-encryption-config', GetEncryptionConfigInput> = {
  name: 'get-encryption-config',
  path: '/EncryptionConfig',
  input: z.object({}),
};
