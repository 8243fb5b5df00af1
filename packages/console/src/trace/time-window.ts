/** What part of the axis is in view; µs after its start. */
export interface TimeWindow {
  readonly fromUs: number;
  readonly toUs: number;
}

/** Nothing is recorded finer than a microsecond. */
const WINDOW_US_MIN = 10;

export function wholeWindow(lengthUs: number): TimeWindow {
  return { fromUs: 0, toUs: lengthUs };
}

/** Keeps a window inside the axis and no shorter than can be drawn. */
export function fitWindow({ fromUs, toUs }: TimeWindow, lengthUs: number): TimeWindow {
  const wanted = Math.min(lengthUs, Math.max(Math.min(WINDOW_US_MIN, lengthUs), Math.abs(toUs - fromUs)));
  const from = Math.min(Math.max(0, Math.min(fromUs, toUs)), lengthUs - wanted);
  return { fromUs: from, toUs: from + wanted };
}

/** `factor` < 1 shows less; what is at `anchorUs` stays where it is. */
export function zoomWindow(window: TimeWindow, factor: number, anchorUs: number, lengthUs: number): TimeWindow {
  const scaled = {
    fromUs: anchorUs - (anchorUs - window.fromUs) * factor,
    toUs: anchorUs + (window.toUs - anchorUs) * factor,
  };
  return fitWindow(scaled, lengthUs);
}

/** By a share of what is in view. */
export function panWindow(window: TimeWindow, share: number, lengthUs: number): TimeWindow {
  const by = (window.toUs - window.fromUs) * share;
  return fitWindow({ fromUs: window.fromUs + by, toUs: window.toUs + by }, lengthUs);
}

/** `FROM~TO` in whole µs, as it stands in a link; null for anything else. */
export function readWindow(text: string | null): TimeWindow | null {
  const match = /^(\d{1,15})~(\d{1,15})$/.exec(text ?? '');
  if (match === null) return null;
  const [fromUs, toUs] = [Number(match[1]), Number(match[2])];
  return toUs > fromUs ? { fromUs, toUs } : null;
}

export function printWindow({ fromUs, toUs }: TimeWindow): string {
  return `${Math.floor(fromUs)}~${Math.ceil(toUs)}`;
}
