import { randomHex } from '../ids.ts';
import { getLogger } from '../logger.ts';
import { SegmentUtils } from '../segment-utils.ts';
import { getDaemonAddress } from '../send/daemon-config.ts';
import { takesManyDocuments } from '../send/jsonl-receiver.ts';
import { postToDaemon, type PostJson } from './daemon-client.ts';
import { CHANCE, localSampler, type Chance } from './local-sampler.ts';
import { RuleState, type RuleStatistics } from './rule-state.ts';
import type { Sampler } from './sampler.ts';
import { readSamplingRules, readSamplingTargets, type CentralRule, type SamplingTarget } from './service-replies.ts';

const RULES_EVERY_MS = 300_000;
const TARGETS_EVERY_MS = 10_000;
/** Added at random, so that the processes of a fleet do not call at once. */
const RULES_JITTER_MS = 10_000;
const TARGETS_JITTER_MS = 1_000;
/** Older rules decide nothing. */
const RULES_MS_MAX = 3_600_000;
/** GetSamplingTargets takes this many at once. */
const REPORTS_MAX = 25;

export interface CentralSamplerParts {
  readonly post: PostJson;
  readonly local: Sampler;
  readonly chance: Chance;
  /** Runs `task` once, later; keeps no process alive. */
  readonly later: (delayMs: number, task: () => void) => void;
  /** Whether the daemon is to be asked even when nothing is to be reported. */
  readonly keepsAsking?: () => boolean;
}

const NEVER = (): boolean => false;

export interface CentralSampler extends Sampler {
  /** Both are called by the sampler itself, from the first decision on. */
  fetchRules(): Promise<void>;
  report(): Promise<void>;
}

/** Rules of the X-Ray service, fetched through the daemon; the local ones until there are some, and when they are too old. */
export function createCentralSampler({
  post,
  local,
  chance,
  later,
  keepsAsking = NEVER,
}: CentralSamplerParts): CentralSampler {
  const clientId = randomHex(24);
  let rules: readonly RuleState[] = [];
  let fetchedAtMs = Number.NEGATIVE_INFINITY;
  let started = false;

  async function fetchRules(): Promise<void> {
    const askedAtMs = chance.nowMs();
    try {
      const found = readSamplingRules(await post('/GetSamplingRules', {}));
      if (found === undefined) throw new Error('/GetSamplingRules: the answer has no SamplingRuleRecords');
      rules = renewed(rules, found, chance);
      fetchedAtMs = askedAtMs;
    } catch (error) {
      getLogger().warn('Failed to retrieve sampling rules:', error);
    }
  }

  async function report(): Promise<void> {
    const due = rules.filter((rule) => rule.isDue());
    if (due.length === 0 && keepsAsking()) await reportSome([]);
    for (let at = 0; at < due.length; at += REPORTS_MAX) await reportSome(due.slice(at, at + REPORTS_MAX));
  }

  async function reportSome(due: readonly RuleState[]): Promise<void> {
    const taken = due.map((rule) => ({ rule, statistics: rule.takeStatistics() }));
    try {
      const answer = readSamplingTargets(
        await post('/SamplingTargets', {
          SamplingStatisticsDocuments: taken.map(({ rule, statistics }) =>
            statisticsDocument(rule.name, clientId, statistics, chance.nowMs()),
          ),
        }),
      );
      if (answer === undefined) throw new Error('/SamplingTargets: the answer is no object');
      applyTargets(rules, answer.targets);
      if ((answer.lastRuleModification ?? 0) * 1000 > fetchedAtMs) await fetchRules();
    } catch (error) {
      for (const { rule, statistics } of taken) rule.putBack(statistics);
      getLogger().warn('Failed to retrieve sampling targets:', error);
    }
  }

  function start(): void {
    started = true;
    void fetchRules();
    repeat({ later, chance }, RULES_EVERY_MS, RULES_JITTER_MS, fetchRules);
    repeat({ later, chance }, TARGETS_EVERY_MS, TARGETS_JITTER_MS, report);
  }

  return {
    fetchRules,
    report,
    begin() {
      if (!started) start();
    },
    setLocalRules: (source) => local.setLocalRules(source),
    shouldSample(request) {
      if (!started) start();
      const asked = { serviceType: SegmentUtils.origin, ...request };
      const rule = chance.nowMs() - fetchedAtMs > RULES_MS_MAX ? undefined : rules.find((each) => each.matches(asked));
      if (rule === undefined) return local.shouldSample(request);
      return rule.decide() && rule.name;
    },
  };
}

/** Again and again, each time a while after the last has ended. */
function repeat(
  parts: Pick<CentralSamplerParts, 'later' | 'chance'>,
  everyMs: number,
  jitterMs: number,
  task: () => Promise<void>,
): void {
  parts.later(everyMs + parts.chance.random() * jitterMs, () => {
    void task().finally(() => repeat(parts, everyMs, jitterMs, task));
  });
}

/** Counts and quotas of rules that there were before go on. */
function renewed(rules: readonly RuleState[], found: readonly CentralRule[], chance: Chance): readonly RuleState[] {
  const known = new Map(rules.map((rule) => [rule.name, rule]));
  return found.map((rule) => {
    const state = known.get(rule.name) ?? new RuleState(rule, chance);
    state.refresh(rule);
    return state;
  });
}

function applyTargets(rules: readonly RuleState[], targets: readonly SamplingTarget[]): void {
  const byRule = new Map(targets.map((target) => [target.ruleName, target]));
  for (const rule of rules) {
    const target = byRule.get(rule.name);
    if (target !== undefined) rule.apply(target);
  }
}

function statisticsDocument(name: string, clientId: string, statistics: RuleStatistics, nowMs: number): object {
  return {
    RuleName: name,
    ClientID: clientId,
    RequestCount: statistics.requests,
    BorrowCount: statistics.borrowed,
    SampledCount: statistics.sampled,
    Timestamp: Math.floor(nowMs / 1000),
  };
}

export const centralSampler: Sampler = createCentralSampler({
  post: postToDaemon,
  local: localSampler,
  chance: CHANCE,
  later: (delayMs, task) => {
    setTimeout(task, delayMs).unref();
  },
  keepsAsking: () => takesManyDocuments(getDaemonAddress()),
});
