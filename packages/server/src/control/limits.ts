/** How many of each may be kept. The defaults are X-Ray's (XRAY-SPEC §13). */
export interface ControlLimits {
  /** Beside the Default group. */
  readonly groupsMax: number;
  /** Beside the Default rule: SDKs fetch all of them every five minutes, and try them in turn for each request. */
  readonly rulesMax: number;
  readonly tagsPerResourceMax: number;
  readonly policiesMax: number;
  readonly policyBytesMax: number;
}

export const CONTROL_LIMITS: ControlLimits = {
  groupsMax: 25,
  rulesMax: 25,
  tagsPerResourceMax: 50,
  policiesMax: 5,
  policyBytesMax: 5 * 1024,
};

/** Trace retrievals remembered; the oldest makes room. Each has up to 100 ids. */
export const RETRIEVALS_KEPT_MAX = 100;

/** How long a retrieval can be asked for. */
export const RETRIEVAL_SECONDS_MAX = 3_600;

/** A kept file is a few hundred kilobytes at most; a larger one is none of ours. */
export const CONTROL_FILE_BYTES_MAX: number = 64 * 1024 * 1024;
