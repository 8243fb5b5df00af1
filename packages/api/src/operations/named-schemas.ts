import { z } from 'zod';
import type { InsightsConfiguration, Tag } from '../control-shapes.ts';
import { POLICY_NAME_CHARS_MAX, TAGS_PER_REQUEST_MAX } from '../limits.ts';
import { listOf, optional, text, textLike } from './schema.ts';

// Shapes of the model that several operations take.

export const tagKey: z.ZodType<string> = text(128, 1);

export const tags: z.ZodType<readonly Tag[]> = listOf(
  z.object({ Key: tagKey, Value: text(256) }),
  TAGS_PER_REQUEST_MAX,
);

export const insightsConfiguration: z.ZodType<InsightsConfiguration> = z.object({
  InsightsEnabled: optional(z.boolean()),
  NotificationsEnabled: optional(z.boolean()),
});

export const policyName: z.ZodType<string> = textLike(
  /^[\w+=,.@-]+$/,
  POLICY_NAME_CHARS_MAX,
  'letters, digits and _+=,.@-',
);

/** A UUID of version 1 to 5. */
export const insightId: z.ZodType<string> = textLike(
  /^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i,
  36,
  'a UUID',
);
