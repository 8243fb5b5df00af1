import type { Outcome } from '@fluoroscope/model';

/** The tokens as a canvas needs them: resolved for the scheme that is on. */
export interface Palette {
  readonly surface: string;
  readonly line: string;
  readonly selected: string;
  readonly hit: string;
  readonly text: string;
  readonly text2: string;
  readonly text3: string;
  readonly accent: string;
  readonly outcome: Readonly<Record<Outcome, string>>;
  readonly outcomeSoft: Readonly<Record<Outcome, string>>;
  readonly outcomeText: Readonly<Record<Outcome, string>>;
  readonly service: (index: number) => string;
  readonly sans: string;
}

let known: { readonly scheme: string; readonly palette: Palette } | null = null;

/** Read once for each change of the scheme. */
export function paletteOf(host: HTMLElement, scheme: string): Palette {
  if (known?.scheme !== scheme) known = { scheme, palette: readPalette(host) };
  return known.palette;
}

function readPalette(host: HTMLElement): Palette {
  const probe = document.createElement('span');
  host.append(probe);
  const color = (value: string): string => {
    probe.style.color = value;
    return getComputedStyle(probe).color;
  };
  const each = (suffix: string, mix: (token: string) => string = (token) => token): Record<Outcome, string> => ({
    ok: color(mix(`var(--ok${suffix})`)),
    error: color(mix(`var(--error${suffix})`)),
    throttle: color(mix(`var(--throttle${suffix})`)),
    fault: color(mix(`var(--fault${suffix})`)),
    pending: color(mix(`var(--pending${suffix})`)),
  });
  const palette: Palette = {
    surface: color('var(--surface)'),
    line: color('var(--line)'),
    selected: color('var(--selected)'),
    hit: color('color-mix(in srgb, var(--error) 16%, var(--surface))'),
    text: color('var(--text)'),
    text2: color('var(--text-2)'),
    text3: color('var(--text-3)'),
    accent: color('var(--accent)'),
    outcome: each(''),
    outcomeSoft: each('', (token) => `color-mix(in srgb, ${token} 38%, var(--surface))`),
    outcomeText: each('-text'),
    service: serviceColor,
    sans: getComputedStyle(host).fontFamily,
  };
  probe.remove();
  return palette;
}

/** Neighbouring services get hues far apart (steps of the golden angle). */
export function serviceColor(index: number): string {
  return `oklch(0.66 0.13 ${Math.round((215 + index * 137.5) % 360)})`;
}
