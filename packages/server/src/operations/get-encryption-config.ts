import type { Handler } from './handler.ts';

/** What is stored is not encrypted by us, and no mode that would promise it can be set. */
export function createGetEncryptionConfig(): Handler<'get-encryption-config'> {
  return async () => ({ EncryptionConfig: { Status: 'ACTIVE', Type: 'NONE' } });
}
