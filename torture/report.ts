/** What a scenario found: no violations, or it has failed. */
export interface Report {
  readonly violations: readonly string[];
  readonly figures: Readonly<Record<string, number | string>>;
}

export interface ScenarioOptions {
  readonly seed: number;
  /** Kills, seeds, flips or cases: what the scenario counts. */
  readonly cycles: number;
  readonly minutes: number;
  /** Also holds what depends on how fast this machine is: times, rates and slopes. */
  readonly isTimed: boolean;
  readonly tell: (line: string) => void;
}
