import { z } from 'zod';
import { NEXT_TOKEN_CHARS_MAX } from '../limits.ts';
import type { Service } from '../shapes.ts';
import type { Operation } from './operation.ts';
import { optional, text, timestamp } from './schema.ts';

export interface GetServiceGraphInput {
  readonly StartTime: number;
  readonly EndTime: number;
  readonly GroupName?: string | undefined;
  readonly GroupARN?: string | undefined;
  readonly NextToken?: string | undefined;
}

export interface GetServiceGraphOutput {
  readonly StartTime?: number;
  readonly EndTime?: number;
  readonly Services?: readonly Service[];
  readonly ContainsOldGroupVersions?: boolean;
  readonly NextToken?: string;
}

export const getServiceGraph: Operation<'get-service-graph', GetServiceGraphInput> = {
  name: 'get-service-graph',
  path: '/ServiceGraph',
  input: z.object({
    StartTime: timestamp,
    EndTime: timestamp,
    GroupName: optional(text(32, 1)),
    GroupARN: optional(text(400, 1)),
    NextToken: optional(text(NEXT_TOKEN_CHARS_MAX)),
  }),
};
