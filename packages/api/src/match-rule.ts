import type { SamplingRule, SamplingRuleRecord } from './sampling-shapes.ts';

/** What is known of a request when it is decided on. What is left out matches `*` only. */
export interface SampledRequest {
  readonly serviceName?: string;
  /** The segment's origin, such as AWS::EC2::Instance. */
  readonly serviceType?: string;
  readonly host?: string;
  readonly method?: string;
  /** Without the query. */
  readonly path?: string;
  readonly resourceArn?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** In the order in which rules are tried: by priority, then by name. */
export function inRuleOrder(records: readonly SamplingRuleRecord[]): readonly SamplingRuleRecord[] {
  return records.toSorted(({ SamplingRule: a }, { SamplingRule: b }) => {
    const byPriority = (a?.Priority ?? 0) - (b?.Priority ?? 0);
    return byPriority === 0 ? compareTexts(a?.RuleName ?? '', b?.RuleName ?? '') : byPriority;
  });
}

/** The first rule that a request matches decides on it. */
export function findRule(rules: readonly SamplingRuleRecord[], request: SampledRequest): SamplingRule | undefined {
  return rules.find(({ SamplingRule: rule }) => rule !== undefined && matchesRule(rule, request))?.SamplingRule;
}

export function matchesRule(rule: SamplingRule, request: SampledRequest): boolean {
  return (
    matchesWildcard(rule.ServiceName, request.serviceName) &&
    matchesWildcard(rule.ServiceType, request.serviceType) &&
    matchesWildcard(rule.Host, request.host) &&
    matchesWildcard(rule.HTTPMethod, request.method) &&
    matchesWildcard(rule.URLPath, request.path) &&
    matchesWildcard(rule.ResourceARN, request.resourceArn) &&
    Object.entries(rule.Attributes ?? {}).every(
      ([key, pattern]) =>
        request.attributes !== undefined &&
        Object.hasOwn(request.attributes, key) &&
        matchesWildcard(pattern, request.attributes[key]),
    )
  );
}

/**
 * pattern = *( "*" any run, also none / "?" one character / itself in any letter case )
 *
 * Goes back to the last star only, so that no pattern takes longer than its length times the text's.
 */
export function matchesWildcard(pattern: string, text: string | undefined): boolean {
  if (pattern === '*') return true;
  if (text === undefined) return false;
  const [wanted, given] = [Array.from(pattern.toLowerCase()), Array.from(text.toLowerCase())];
  let at = 0;
  let star = -1;
  let resumeAt = 0;
  let read = 0;
  while (read < given.length) {
    if (wanted[at] === '*') {
      star = at;
      resumeAt = read;
      at += 1;
    } else if (at < wanted.length && (wanted[at] === '?' || wanted[at] === given[read])) {
      at += 1;
      read += 1;
    } else if (star >= 0) {
      at = star + 1;
      resumeAt += 1;
      read = resumeAt;
    } else {
      return false;
    }
  }
  while (wanted[at] === '*') at += 1;
  return at === wanted.length;
}

/** By UTF-16 units: the same on every machine. */
function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
