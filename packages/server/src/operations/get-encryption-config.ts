import type { Encryption } from '../encryption/encryption.ts';
import type { Handler } from './handler.ts';

export interface GetEncryptionConfigOptions {
  readonly encryption: Pick<Encryption, 'config'>;
}

export function createGetEncryptionConfig({
  encryption,
}: GetEncryptionConfigOptions): Handler<'get-encryption-config'> {
  return async () => ({ EncryptionConfig: encryption.config() });
}
