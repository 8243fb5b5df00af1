/** Places on the canvas, in CSS pixels. */
export interface WaterfallLayout {
  readonly width: number;
  readonly height: number;
  readonly nameTo: number;
  /** Of what a segment is hosted in; both 0 where there is no room. */
  readonly hostFrom: number;
  readonly hostTo: number;
  /** Right edges of the figures; 0 where there is no room for them. */
  readonly statusTo: number;
  readonly timeTo: number;
  readonly axisFrom: number;
  readonly axisTo: number;
}

export const ROW_PX = 26;
export const INDENT_PX = 15;
/** Deeper rows keep their order but stop moving right, so that names stay readable. */
export const INDENT_LEVELS_MAX = 14;
export const NAME_LEFT_PX = 12;
export const FOLD_PX = 18;

const NARROW_PX = 640;
/** From this width on there is room for what a segment is hosted in. */
const HOST_FROM_PX = 1000;
const HOST_PX = 112;

export function layWaterfall(width: number, height: number): WaterfallLayout {
  if (width < NARROW_PX) {
    const nameTo = Math.round(width * 0.54);
    const noHost = { hostFrom: 0, hostTo: 0 };
    return {
      width,
      height,
      nameTo,
      ...noHost,
      statusTo: 0,
      timeTo: nameTo + 60,
      axisFrom: nameTo + 66,
      axisTo: width - 8,
    };
  }
  const nameTo = Math.round(Math.max(260, width * 0.34));
  const hasHost = width >= HOST_FROM_PX;
  const figures = nameTo + (hasHost ? HOST_PX : 0);
  return {
    width,
    height,
    nameTo,
    hostFrom: hasHost ? nameTo + 8 : 0,
    hostTo: hasHost ? figures : 0,
    statusTo: figures + 42,
    timeTo: figures + 116,
    axisFrom: figures + 130,
    axisTo: width - 22,
  };
}

export function indentOf(depth: number): number {
  return NAME_LEFT_PX + Math.min(depth, INDENT_LEVELS_MAX) * INDENT_PX;
}

/** Browsers stop at some 17 to 33 million pixels of height. */
const SCROLL_PX_MAX = 12_000_000;

export interface Scroll {
  /** Height of what scrolls. */
  readonly scrollPx: number;
  /** The first pixel of all lines that is in view, from where the scroller stands. */
  readonly topOf: (scrollTop: number) => number;
  readonly scrollTopOf: (top: number) => number;
}

/** One to one as long as it fits; beyond, the scroller's way is scaled. */
export function planScroll(lineCount: number, viewPx: number): Scroll {
  const allPx = lineCount * ROW_PX;
  const scrollPx = Math.min(allPx, SCROLL_PX_MAX);
  const scale = scrollPx > viewPx ? (allPx - viewPx) / (scrollPx - viewPx) : 1;
  return { scrollPx, topOf: (scrollTop) => scrollTop * scale, scrollTopOf: (top) => top / scale };
}
