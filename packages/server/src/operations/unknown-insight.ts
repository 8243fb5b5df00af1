import { ApiError } from '@fluoroscope/api';

/** No insight has been detected, so no id is one. */
export function unknownInsight(id: string): ApiError {
  return new ApiError('InvalidRequestException', `InsightId: there is no insight "${id}"`);
}
