import { z } from 'zod';
import { listenAddress, orEmpty, text } from '../config/kinds.ts';
import type { Extension, HealthCheck, Storage } from './component.ts';

const fileStorage: z.ZodType<Storage> = z
  .strictObject({
    directory: text,
    fsync: z.boolean({ error: 'expected true or false' }).default(false),
  })
  .transform((config): Storage => ({ kind: 'storage', ...config }));

const healthCheck: z.ZodType<HealthCheck> = orEmpty(
  z
    .strictObject({
      endpoint: listenAddress.default({ host: 'localhost', port: 13_133 }),
      path: z
        .string({ error: 'expected a path such as /' })
        .regex(/^\/[\x21-\x7e]*$/, 'expected a path such as /')
        .default('/'),
    })
    .transform(({ endpoint: at, path }): HealthCheck => ({ kind: 'health', at, path })),
);

export const EXTENSIONS: ReadonlyMap<string, z.ZodType<Extension>> = new Map<string, z.ZodType<Extension>>([
  ['file_storage', fileStorage],
  ['health_check', healthCheck],
]);
