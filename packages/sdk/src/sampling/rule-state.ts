import type { Chance } from './local-sampler.ts';
import type { SampleRequest } from './sampler.ts';
import type { CentralRule, SamplingTarget } from './service-replies.ts';
import { wildcardMatch } from './wildcard.ts';

const REPORT_INTERVAL_SECONDS = 10;
/** The built-in rule matches everything. */
const DEFAULT_RULE = 'Default';

/** Since the last report. */
export interface RuleStatistics {
  readonly requests: number;
  readonly sampled: number;
  readonly borrowed: number;
}

/** A central rule with what this process has counted of it and may take. Clock: `chance`. */
export class RuleState {
  readonly #chance: Chance;
  #rule: CentralRule;
  #rate: number;
  #requests = 0;
  #sampled = 0;
  #borrowed = 0;
  #quota: number | undefined;
  #quotaUntil = 0;
  #second = 0;
  #taken = 0;
  #borrowedNow = 0;
  #intervalSeconds = REPORT_INTERVAL_SECONDS;
  #reportedAtMs: number;

  constructor(rule: CentralRule, chance: Chance) {
    this.#rule = rule;
    this.#rate = rule.fixedRate;
    this.#chance = chance;
    this.#reportedAtMs = chance.nowMs();
  }

  get name(): string {
    return this.#rule.name;
  }

  matches({ host, httpMethod, urlPath, serviceName, serviceType }: SampleRequest): boolean {
    const rule = this.#rule;
    if (rule.name === DEFAULT_RULE) return true;
    return (
      fits(rule.serviceName, serviceName) &&
      fits(rule.serviceType, serviceType) &&
      fits(rule.host, host) &&
      fits(rule.httpMethod, httpMethod) &&
      fits(rule.urlPath, urlPath)
    );
  }

  /** The quota while it holds; without one, one a second is borrowed; what goes beyond has the rate's chance. */
  decide(): boolean {
    const second = Math.floor(this.#chance.nowMs() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#taken = 0;
      this.#borrowedNow = 0;
    }
    this.#requests += 1;
    if (this.#quota !== undefined && second < this.#quotaUntil) {
      if (this.#taken < this.#quota) {
        this.#taken += 1;
        this.#sampled += 1;
        return true;
      }
    } else if (this.#rule.reservoirSize > 0 && this.#borrowedNow < 1) {
      this.#borrowedNow += 1;
      this.#borrowed += 1;
      return true;
    }
    if (this.#chance.random() >= this.#rate) return false;
    this.#sampled += 1;
    return true;
  }

  /** The rule as fetched anew; counts and quota go on. The rate is the target's again with the next one. */
  refresh(rule: CentralRule): void {
    if (rule.fixedRate !== this.#rule.fixedRate) this.#rate = rule.fixedRate;
    this.#rule = rule;
  }

  apply(target: SamplingTarget): void {
    if (target.fixedRate !== undefined) this.#rate = target.fixedRate;
    if (target.interval !== undefined && target.interval > 0) this.#intervalSeconds = target.interval;
    if (target.quota !== undefined && target.quotaUntil !== undefined) {
      this.#quota = target.quota;
      this.#quotaUntil = target.quotaUntil;
    }
  }

  isDue(): boolean {
    return this.#requests > 0 && this.#chance.nowMs() - this.#reportedAtMs >= this.#intervalSeconds * 1000;
  }

  /** What was counted since the last time; counting starts over. */
  takeStatistics(): RuleStatistics {
    const statistics = { requests: this.#requests, sampled: this.#sampled, borrowed: this.#borrowed };
    this.#requests = 0;
    this.#sampled = 0;
    this.#borrowed = 0;
    this.#reportedAtMs = this.#chance.nowMs();
    return statistics;
  }

  /** The report did not arrive: its counts go into the next. */
  putBack(statistics: RuleStatistics): void {
    this.#requests += statistics.requests;
    this.#sampled += statistics.sampled;
    this.#borrowed += statistics.borrowed;
  }
}

function fits(pattern: string, text: string | undefined): boolean {
  return !text || wildcardMatch(pattern, text);
}
