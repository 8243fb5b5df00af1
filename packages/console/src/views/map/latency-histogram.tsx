import type { HistogramEntry } from '@fluoroscope/api';
import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from 'react';
import type { Band } from '../../map/band.ts';
import { type Bin, countBetween, logBins, logTicks, quantile } from '../../map/histogram.ts';
import { formatCount, formatDuration, formatShare, formatTick } from '../../text/format.ts';

const WIDTH = 352;
const HEIGHT = 96;
const AXIS = 18;
const BINS = 44;
/** Room for the text at a mark. */
const MARK_PX = 28;
/** What one press of an arrow key moves an end of the band by, and with shift. */
const KEY_BINS = 1;
const KEY_BINS_SHIFT = 5;

interface LatencyHistogramProps {
  readonly entries: readonly HistogramEntry[];
  /** A second line: the same at another time. */
  readonly before?: readonly HistogramEntry[];
  readonly caption: string;
  readonly band: Band | null;
  /** Absent: nothing can be selected. */
  readonly onBand?: (band: Band | null) => void;
}

/** How times are spread: log x, share of requests as height. Dragging over it selects a band of times. */
export function LatencyHistogram({ entries, before, caption, band, onBand }: LatencyHistogramProps): ReactNode {
  const [hovered, setHovered] = useState<number | null>(null);
  const bins = logBins(entries, BINS);
  const [first, last] = [bins[0], bins.at(-1)];
  if (first === undefined || last === undefined) return <p className="muted">No completed requests in this window.</p>;
  const scale = scaleOf(first.fromS, last.toS);
  const total = bins.reduce((all, bin) => all + bin.count, 0);
  const shown = hovered === null ? undefined : bins[hovered];
  const text =
    band === null
      ? shown === undefined
        ? `${caption}, log scale`
        : describe(shown, total)
      : describeBand(band, entries, total);
  return (
    <figure className="histogram">
      <figcaption className="num">
        <span data-testid="histogram-caption">{text}</span>
        {band === null || onBand === undefined ? null : (
          <button type="button" className="link-button" data-testid="band-clear" onClick={() => onBand(null)}>
            Clear
          </button>
        )}
      </figcaption>
      <div className="histogram-frame">
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT + AXIS}`} role="img" aria-label={summary(entries, total)}>
          <Axis scale={scale} fromS={first.fromS} toS={last.toS} />
          {band === null ? null : (
            <rect
              className="band"
              x={scale.x(band.fromS)}
              y={0}
              width={Math.max(1, scale.x(band.toS) - scale.x(band.fromS))}
              height={HEIGHT}
            />
          )}
          <Bars bins={bins} band={band} hovered={hovered} />
          {before === undefined ? null : <Before entries={before} bins={bins} total={total} />}
          <Marks entries={entries} scale={scale} fromS={first.fromS} />
          <line x1={0} x2={WIDTH} y1={HEIGHT} y2={HEIGHT} className="base-line" />
        </svg>
        {onBand === undefined ? null : (
          <Brush bins={bins} scale={scale} band={band} onBand={onBand} onHover={setHovered} />
        )}
      </div>
    </figure>
  );
}

interface Scale {
  readonly x: (seconds: number) => number;
}

function scaleOf(fromS: number, toS: number): Scale {
  const span = Math.log(toS / fromS);
  return { x: (seconds) => Math.min(WIDTH, Math.max(0, (Math.log(Math.max(seconds, fromS) / fromS) / span) * WIDTH)) };
}

function Axis({
  scale,
  fromS,
  toS,
}: {
  readonly scale: Scale;
  readonly fromS: number;
  readonly toS: number;
}): ReactNode {
  return logTicks(fromS, toS).map((tick) => (
    <g key={tick} transform={`translate(${scale.x(tick).toFixed(1)} 0)`}>
      <line y1={0} y2={HEIGHT} className="grid-line" />
      <text y={HEIGHT + 13} textAnchor={edgeAnchor(scale.x(tick))} className="axis-text">
        {formatTick(tick)}
      </text>
    </g>
  ));
}

interface BarsProps {
  readonly bins: readonly Bin[];
  readonly band: Band | null;
  readonly hovered: number | null;
}

function Bars({ bins, band, hovered }: BarsProps): ReactNode {
  const most = Math.max(...bins.map((bin) => bin.count));
  const width = WIDTH / BINS;
  return bins.map((bin, index) => {
    const height = bin.count === 0 ? 0 : Math.max(2, (bin.count / most) * (HEIGHT - 12));
    const inside = band !== null && bin.toS > band.fromS && bin.fromS < band.toS;
    return (
      <rect
        key={bin.fromS}
        className="bin"
        data-on={hovered === index || inside}
        data-out={band !== null && !inside}
        x={index * width + 0.5}
        y={HEIGHT - height}
        width={width - 1}
        height={height}
        rx={1.5}
      />
    );
  });
}

/** As steps over the bars, as if there had been as many requests. */
function Before({
  entries,
  bins,
  total,
}: {
  entries: readonly HistogramEntry[];
  bins: readonly Bin[];
  total: number;
}): ReactNode {
  const all = entries.reduce((sum, { Count = 0 }) => sum + Count, 0);
  if (all === 0) return null;
  const most = Math.max(...bins.map((bin) => bin.count));
  const width = WIDTH / BINS;
  const path = bins
    .map((bin, index) => {
      const count = entries.reduce(
        (sum, { Value = 0, Count = 0 }) => sum + (Value >= bin.fromS && Value < bin.toS ? Count : 0),
        0,
      );
      const y = HEIGHT - Math.min(HEIGHT, ((count / all) * total * (HEIGHT - 12)) / most);
      return `${index === 0 ? 'M' : 'L'}${(index * width).toFixed(1)} ${y.toFixed(1)}H${((index + 1) * width).toFixed(1)}`;
    })
    .join('');
  return <path className="before-line" d={path} />;
}

function Marks({
  entries,
  scale,
  fromS,
}: {
  entries: readonly HistogramEntry[];
  scale: Scale;
  fromS: number;
}): ReactNode {
  const marks = [0.5, 0.95].map((share) => ({ share, at: scale.x(Math.max(quantile(entries, share) ?? 0, fromS)) }));
  return marks.map(({ share, at }) => (
    <g key={share} transform={`translate(${at.toFixed(1)} 0)`}>
      <line y1={0} y2={HEIGHT} className="mark-line" />
      <text x={markSide(at, marks) === 'end' ? -4 : 5} y={9} textAnchor={markSide(at, marks)} className="mark-text">
        p{share * 100}
      </text>
    </g>
  ));
}

interface BrushProps {
  readonly bins: readonly Bin[];
  readonly scale: Scale;
  readonly band: Band | null;
  readonly onBand: (band: Band | null) => void;
  readonly onHover: (bin: number | null) => void;
}

/** Takes the pointer over the bars; both ends of the band are sliders for the keyboard. */
function Brush({ bins, scale, band, onBand, onHover }: BrushProps): ReactNode {
  const frame = useRef<HTMLDivElement>(null);
  const start = useRef<number | null>(null);

  function binAt(event: PointerEvent): number {
    const bounds = frame.current?.getBoundingClientRect();
    if (bounds === undefined) return 0;
    const index = Math.floor(((event.clientX - bounds.left) / bounds.width) * bins.length);
    return Math.min(bins.length - 1, Math.max(0, index));
  }
  function select(a: number, b: number): void {
    const [from, to] = [bins[Math.min(a, b)], bins[Math.max(a, b)]];
    if (from !== undefined && to !== undefined) onBand({ fromS: from.fromS, toS: to.toS });
  }
  const left = band === null ? 0 : nearestBin(bins, band.fromS);
  const right = band === null ? bins.length - 1 : nearestBin(bins, band.toS * (1 - 1e-9));
  function onKey(event: KeyboardEvent, end: 'left' | 'right'): void {
    const step = (event.shiftKey ? KEY_BINS_SHIFT : KEY_BINS) * ({ ArrowRight: 1, ArrowLeft: -1 }[event.key] ?? 0);
    if (event.key === 'Escape' && band !== null) {
      event.stopPropagation();
      onBand(null);
    }
    if (step === 0) return;
    event.preventDefault();
    const clamp = (index: number): number => Math.min(bins.length - 1, Math.max(0, index));
    if (end === 'left') select(Math.min(clamp(left + step), right), right);
    else select(left, Math.max(clamp(right + step), left));
  }
  return (
    <div
      ref={frame}
      className="brush"
      data-testid="brush"
      onPointerDown={(event) => {
        if (event.button !== 0 || (event.target instanceof Element && event.target.closest('[role="slider"]') !== null))
          return;
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = binAt(event);
      }}
      onPointerMove={(event) => {
        onHover(binAt(event));
        if (start.current !== null && start.current !== binAt(event)) select(start.current, binAt(event));
      }}
      onPointerUp={(event) => {
        // A click without a drag selects the one bar.
        if (start.current !== null && start.current === binAt(event)) select(start.current, start.current);
        start.current = null;
      }}
      onPointerLeave={() => onHover(null)}
    >
      {(['left', 'right'] as const).map((end) => {
        const bin = bins[end === 'left' ? left : right];
        const seconds = end === 'left' ? (bin?.fromS ?? 0) : (bin?.toS ?? 0);
        return (
          <BrushEnd
            key={end}
            end={end}
            seconds={seconds}
            place={scale.x(seconds) / WIDTH}
            index={end === 'left' ? left : right + 1}
            count={bins.length}
            shown={band !== null}
            onKey={(event) => onKey(event, end)}
          />
        );
      })}
    </div>
  );
}

interface BrushEndProps {
  readonly end: 'left' | 'right';
  readonly seconds: number;
  /** Part of the width. */
  readonly place: number;
  readonly index: number;
  readonly count: number;
  readonly shown: boolean;
  readonly onKey: (event: KeyboardEvent) => void;
}

function BrushEnd({ end, seconds, place, index, count, shown, onKey }: BrushEndProps): ReactNode {
  return (
    <span
      role="slider"
      tabIndex={0}
      className="brush-end"
      style={{ left: `${place * 100}%` }}
      data-shown={shown}
      aria-label={end === 'left' ? 'Shortest time of the band' : 'Longest time of the band'}
      aria-valuemin={0}
      aria-valuemax={count}
      aria-valuenow={index}
      aria-valuetext={formatDuration(seconds)}
      onKeyDown={onKey}
    />
  );
}

function nearestBin(bins: readonly Bin[], seconds: number): number {
  const index = bins.findIndex(({ toS }) => seconds < toS);
  return index < 0 ? bins.length - 1 : index;
}

/** To the right of its line, unless another one's text or the end is there. */
function markSide(x: number, marks: readonly { readonly at: number }[]): 'start' | 'end' {
  const crowded = marks.some(({ at }) => at > x && at - x < MARK_PX);
  return (crowded && x > MARK_PX) || x > WIDTH - MARK_PX ? 'end' : 'start';
}

function edgeAnchor(x: number): 'start' | 'middle' | 'end' {
  if (x < 16) return 'start';
  return x > WIDTH - 16 ? 'end' : 'middle';
}

function describe(bin: Bin, total: number): string {
  const share = formatShare(bin.count / total);
  return `${formatDuration(bin.fromS)} – ${formatDuration(bin.toS)}: ${formatCount(bin.count)} (${share})`;
}

function describeBand({ fromS, toS }: Band, entries: readonly HistogramEntry[], total: number): string {
  const count = countBetween(entries, fromS, toS);
  return `${formatDuration(fromS)} – ${formatDuration(toS)}: ${formatCount(count)} (${formatShare(count / Math.max(1, total))})`;
}

function summary(entries: readonly HistogramEntry[], total: number): string {
  const [half, most] = [quantile(entries, 0.5), quantile(entries, 0.95)];
  return `Response times of ${total} requests: median ${formatDuration(half)}, 95 % below ${formatDuration(most)}`;
}
