import type { Encryption } from '../encryption/encryption.ts';
import type { Handler } from './handler.ts';

export interface PutEncryptionConfigOptions {
  readonly encryption: Pick<Encryption, 'put'>;
}

export function createPutEncryptionConfig({
  encryption,
}: PutEncryptionConfigOptions): Handler<'put-encryption-config'> {
  return async ({ Type, KeyId }) => ({ EncryptionConfig: await encryption.put(Type, KeyId) });
}
