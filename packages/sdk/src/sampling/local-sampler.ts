import { readJsonFile } from '../files.ts';
import { getLogger } from '../logger.ts';
import { DEFAULT_RULES, readLocalRules, type LocalRule } from './local-rules.ts';
import type { Sampler, SampleRequest } from './sampler.ts';
import { wildcardMatch } from './wildcard.ts';

/** What a sampler needs of the world. */
export interface Chance {
  nowMs(): number;
  /** 0 ≤ x < 1 */
  random(): number;
}

export const CHANCE: Chance = { nowMs: Date.now, random: Math.random };

interface Counted extends LocalRule {
  second: number;
  taken: number;
}

/** Rules of a file, or one a second and then 5 %. They hold for this process alone. */
export function createLocalSampler(chance: Chance = CHANCE): Sampler {
  let rules = counted(DEFAULT_RULES);
  return {
    shouldSample(request) {
      const rule = rules.find((candidate) => matches(candidate, request));
      return rule !== undefined && take(rule, chance);
    },
    setLocalRules(source) {
      rules = counted(typeof source === 'string' ? readJsonFile(source) : source);
      getLogger().info(`Using custom sampling rules ${typeof source === 'string' ? `file: ${source}` : 'source.'}`);
    },
  };
}

export const localSampler: Sampler = createLocalSampler();

function counted(config: unknown): Counted[] {
  return readLocalRules(config).map((rule) => Object.assign({ second: 0, taken: 0 }, rule));
}

function matches(rule: LocalRule, { host, httpMethod, urlPath }: SampleRequest): boolean {
  return fits(rule.host, host) && fits(rule.httpMethod, httpMethod) && fits(rule.urlPath, urlPath);
}

function fits(pattern: string, text: string | undefined): boolean {
  return !text || wildcardMatch(pattern, text);
}

function take(rule: Counted, chance: Chance): boolean {
  const second = Math.floor(chance.nowMs() / 1000);
  if (second !== rule.second) {
    rule.second = second;
    rule.taken = 0;
  }
  if (rule.taken >= rule.fixedTarget) return chance.random() < rule.rate;
  rule.taken += 1;
  return true;
}
