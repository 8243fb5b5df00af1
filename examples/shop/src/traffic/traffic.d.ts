export function sendTraffic(options: {
  readonly url: string;
  readonly rate: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
}): Promise<void>;
