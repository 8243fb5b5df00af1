import type { Settings } from '../settings.ts';

/** X-Ray's quotas of what is kept here (XRAY-SPEC §13), as settings. */
export type ControlLimits = Pick<
  Settings,
  'groupsMax' | 'samplingRulesMax' | 'tagsMax' | 'resourcePoliciesMax' | 'resourcePolicySize'
>;

/** Trace retrievals remembered; the oldest makes room. Each has up to 100 ids. */
export const RETRIEVALS_KEPT_MAX = 100;

/** How long a retrieval can be asked for. */
export const RETRIEVAL_SECONDS_MAX = 3_600;

/** A kept file is a few hundred kilobytes at most; a larger one is none of ours. */
export const CONTROL_FILE_BYTES_MAX: number = 64 * 1024 * 1024;
