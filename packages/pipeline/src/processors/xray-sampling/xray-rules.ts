import { randomBytes } from 'node:crypto';
import {
  inRuleOrder,
  matchesRule,
  type SampledRequest,
  type SamplingRule,
  type SamplingStatisticsDocument,
} from '@fluoroscope/api';
import type { TraceId } from '@fluoroscope/model';
import { isSuccess } from '../../exporters/http-outcome.ts';
import type { XrayCall } from '../../exporters/xray/call.ts';
import type { Decision } from '../tail-sampling/gathering.ts';
import { decodeRules, decodeTargets } from './decode-rules.ts';
import { createRuleState, type RuleCounts, type RuleState } from './rule-state.ts';

export interface XrayRulesOptions {
  readonly call: XrayCall;
  /** Of one call. */
  readonly timeoutMs: number;
  /** Between two times that all rules are fetched. */
  readonly rulesEveryMs: number;
  readonly nowMs: () => number;
  /** Rules or targets cannot be had. */
  readonly troubled: (error: unknown) => void;
}

/** Rules of an X-Ray endpoint and what this process may sample by them. Disposing reports what was counted. */
export interface XrayRules extends AsyncDisposable {
  readonly decide: (id: TraceId, request: SampledRequest) => Decision;
  /** Both are called by a clock of its own. They do not reject. */
  readonly fetchRules: () => Promise<void>;
  readonly report: () => Promise<void>;
}

/** How often is looked which rules have something to report. */
const TARGETS_EVERY_MS = 1_000;
/** Older rules decide nothing. */
const RULES_MS_MAX = 3_600_000;
const PAGES_MAX = 20;
/** GetSamplingTargets takes this many at once. */
const REPORTS_MAX = 25;

/** What X-Ray's SDKs do without rules: one trace a second, and a twentieth of the others. It reports to nobody. */
const FALLBACK: SamplingRule = {
  Priority: 10_000,
  FixedRate: 0.05,
  ReservoirSize: 1,
  ServiceName: '*',
  ServiceType: '*',
  Host: '*',
  HTTPMethod: '*',
  URLPath: '*',
  ResourceARN: '*',
  Version: 1,
};

interface KnownRule {
  readonly name: string;
  readonly rule: SamplingRule;
  readonly state: RuleState;
}

/** Begins to fetch at once. */
export function openXrayRules(options: XrayRulesOptions): XrayRules {
  return new RulesClient(options);
}

class RulesClient implements XrayRules {
  readonly #options: XrayRulesOptions;
  readonly #clientId = randomBytes(12).toString('hex');
  readonly #fallback: RuleState;
  readonly #timers: readonly NodeJS.Timeout[];
  #known: readonly KnownRule[] = [];
  #fetchedAtMs = Number.NEGATIVE_INFINITY;
  #running: Promise<void>;
  #isReporting = false;

  constructor(options: XrayRulesOptions) {
    this.#options = options;
    this.#fallback = createRuleState(FALLBACK, options.nowMs);
    this.#running = this.fetchRules();
    this.#timers = [
      setInterval(() => this.#inTurn(() => this.fetchRules()), options.rulesEveryMs),
      setInterval(() => this.#reportInTurn(), TARGETS_EVERY_MS),
    ];
  }

  decide(id: TraceId, request: SampledRequest): Decision {
    const isOld = this.#options.nowMs() - this.#fetchedAtMs > RULES_MS_MAX;
    const found = isOld ? undefined : this.#known.find(({ rule }) => matchesRule(rule, request));
    if (found === undefined) return { isSampled: this.#fallback.decide(id), by: null };
    return { isSampled: found.state.decide(id), by: found.name };
  }

  async fetchRules(): Promise<void> {
    const askedAtMs = this.#options.nowMs();
    try {
      this.#take(await this.#askForRules());
      this.#fetchedAtMs = askedAtMs;
    } catch (error) {
      this.#options.troubled(error);
    }
  }

  report(): Promise<void> {
    return this.#reportAll(this.#known.filter(({ state }) => state.isDue()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#running;
    await this.#reportAll(this.#known.filter(({ state }) => state.hasCounts()));
  }

  #inTurn(work: () => Promise<void>): void {
    this.#running = this.#running.then(work);
  }

  #reportInTurn(): void {
    if (this.#isReporting) return;
    this.#isReporting = true;
    this.#inTurn(() => this.report().finally(() => (this.#isReporting = false)));
  }

  async #ask(path: string, input: object): Promise<string> {
    const { call, timeoutMs } = this.#options;
    const answer = await call(path, JSON.stringify(input), AbortSignal.timeout(timeoutMs));
    if (answer === null) throw new Error('no AWS credentials found');
    if (!isSuccess(answer)) throw new Error(`${path}: HTTP ${answer.status}`);
    return answer.body.toString();
  }

  async #askForRules(): Promise<readonly SamplingRule[]> {
    const rules: SamplingRule[] = [];
    let token: string | null = null;
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const read = decodeRules(await this.#ask('/GetSamplingRules', token === null ? {} : { NextToken: token }));
      if (!read.ok) throw new Error('/GetSamplingRules: the answer has no rules');
      rules.push(...read.value.rules);
      token = read.value.nextToken;
      if (token === null || token === '') break;
    }
    return rules;
  }

  /** Counts and quotas of rules that were there before go on. */
  #take(rules: readonly SamplingRule[]): void {
    const before = new Map(this.#known.map(({ name, state }) => [name, state]));
    const ordered = inRuleOrder(rules.map((rule) => ({ SamplingRule: rule })));
    this.#known = ordered.flatMap(({ SamplingRule: rule }) => {
      if (rule === undefined) return [];
      const name = rule.RuleName ?? '';
      const state = before.get(name) ?? createRuleState(rule, this.#options.nowMs);
      state.refresh(rule);
      return [{ name, rule, state }];
    });
  }

  async #reportAll(due: readonly KnownRule[]): Promise<void> {
    for (let at = 0; at < due.length; at += REPORTS_MAX) await this.#reportSome(due.slice(at, at + REPORTS_MAX));
  }

  async #reportSome(due: readonly KnownRule[]): Promise<void> {
    const taken = due.map(({ name, state }) => ({ name, state, counts: state.takeCounts() }));
    const documents = taken.map(({ name, counts }) => this.#documentOf(name, counts));
    try {
      const read = decodeTargets(await this.#ask('/SamplingTargets', { SamplingStatisticsDocuments: documents }));
      if (!read.ok) throw new Error('/SamplingTargets: the answer has no targets');
      const targets = new Map(read.value.targets.map((target) => [target.RuleName, target]));
      for (const { name, state } of this.#known) {
        const target = targets.get(name);
        if (target !== undefined) state.apply(target);
      }
      if (read.value.lastModified * 1_000 > this.#fetchedAtMs) await this.fetchRules();
    } catch (error) {
      for (const { state, counts } of taken) state.putBack(counts);
      this.#options.troubled(error);
    }
  }

  #documentOf(name: string, { requests, sampled, borrowed }: RuleCounts): SamplingStatisticsDocument {
    return {
      RuleName: name,
      ClientID: this.#clientId,
      Timestamp: Math.floor(this.#options.nowMs() / 1_000),
      RequestCount: requests,
      SampledCount: sampled,
      BorrowCount: borrowed,
    };
  }
}
