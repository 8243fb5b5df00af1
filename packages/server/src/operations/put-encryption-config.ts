import { ApiError } from '@fluoroscope/api';
import type { Handler } from './handler.ts';

/** Takes what holds already and refuses what it cannot do: a caller who reads KMS relies on it. */
export function createPutEncryptionConfig(): Handler<'put-encryption-config'> {
  return async ({ Type, KeyId }) => {
    if (Type === 'KMS') {
      throw new ApiError(
        'InvalidRequestException',
        'Type: KMS is not available: this server does not encrypt what it stores. Encrypt the disk of its data folder instead',
      );
    }
    if (KeyId !== undefined)
      throw new ApiError('InvalidRequestException', 'KeyId is for Type KMS only; Type NONE has no key');
    return { EncryptionConfig: { Status: 'ACTIVE', Type: 'NONE' } };
  };
}
