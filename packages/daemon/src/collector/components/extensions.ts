import { z } from 'zod';
import { text } from '../config/kinds.ts';
import type { Storage } from './component.ts';

const fileStorage: z.ZodType<Storage> = z.strictObject({
  directory: text,
  fsync: z.boolean({ error: 'expected true or false' }).default(false),
});

export const EXTENSIONS: ReadonlyMap<string, z.ZodType<Storage>> = new Map([['file_storage', fileStorage]]);
