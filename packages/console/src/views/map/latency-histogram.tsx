import type { HistogramEntry } from '@fluoroscope/api';
import { type ReactNode, useState } from 'react';
import type { Band } from '../../map/band.ts';
import { type Bin, countBetween, logBins, logTicks, quantile } from '../../map/histogram.ts';
import { formatCount, formatDuration, formatShare, formatTick } from '../../text/format.ts';
import { BinBrush, type BinRange } from '../../widgets/bin-brush.tsx';

const WIDTH = 352;
const HEIGHT = 96;
const AXIS = 18;
const BINS = 44;
/** Room for the text at a mark. */
const MARK_PX = 28;

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
        {onBand === undefined ? null : <Brush bins={bins} band={band} onBand={onBand} onHover={setHovered} />}
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
  readonly band: Band | null;
  readonly onBand: (band: Band | null) => void;
  readonly onHover: (bin: number | null) => void;
}

/** Bars are bins, whatever times they stand for. */
function Brush({ bins, band, onBand, onHover }: BrushProps): ReactNode {
  function choose(chosen: BinRange | null): void {
    const [from, to] = chosen === null ? [] : [bins[chosen.first], bins[chosen.last]];
    onBand(from === undefined || to === undefined ? null : { fromS: from.fromS, toS: to.toS });
  }
  return (
    <BinBrush
      binCount={bins.length}
      chosen={
        band === null ? null : { first: nearestBin(bins, band.fromS), last: nearestBin(bins, band.toS * (1 - 1e-9)) }
      }
      onChoose={choose}
      onHover={onHover}
      ends={['Shortest time of the band', 'Longest time of the band']}
      print={(edge) => formatDuration(bins[edge]?.fromS ?? bins.at(-1)?.toS ?? 0)}
      testId="brush"
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
