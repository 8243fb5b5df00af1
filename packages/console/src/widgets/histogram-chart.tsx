import type { HistogramEntry } from '@fluoroscope/api';
import { type ReactNode, useState } from 'react';
import { type Bin, logBins, logTicks, quantile } from '../map/histogram.ts';
import { formatCount, formatDuration, formatShare, formatTick } from '../text/format.ts';

const WIDTH = 352;
const HEIGHT = 96;
const AXIS = 18;
const BINS = 44;
/** Room for the text at a mark. */
const MARK_PX = 28;

/** How response times are spread: log x, share of requests as height. */
export function HistogramChart({ entries }: { readonly entries: readonly HistogramEntry[] }): ReactNode {
  const [hovered, setHovered] = useState<number | null>(null);
  const bins = logBins(entries, BINS);
  const first = bins[0];
  const last = bins.at(-1);
  if (first === undefined || last === undefined) return <p className="muted">No completed requests in this window.</p>;
  const most = Math.max(...bins.map((bin) => bin.count));
  const total = bins.reduce((all, bin) => all + bin.count, 0);
  const span = Math.log(last.toS / first.fromS);
  const x = (seconds: number): number => (Math.log(seconds / first.fromS) / span) * WIDTH;
  const shown = hovered === null ? undefined : bins[hovered];
  const marks = [0.5, 0.95].map((share) => ({
    share,
    at: x(Math.max(quantile(entries, share) ?? 0, first.fromS)),
  }));
  return (
    <figure className="histogram">
      <figcaption className="num">
        {shown === undefined ? 'Response time, log scale' : describe(shown, total)}
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT + AXIS}`} role="img" aria-label={summary(entries, total)}>
        {logTicks(first.fromS, last.toS).map((tick) => (
          <g key={tick} transform={`translate(${x(tick).toFixed(1)} 0)`}>
            <line y1={0} y2={HEIGHT} className="grid-line" />
            <text y={HEIGHT + 13} textAnchor={edgeAnchor(x(tick))} className="axis-text">
              {formatTick(tick)}
            </text>
          </g>
        ))}
        {bins.map((bin, index) => {
          const height = bin.count === 0 ? 0 : Math.max(2, (bin.count / most) * (HEIGHT - 12));
          const width = WIDTH / BINS;
          return (
            <g key={bin.fromS} onPointerEnter={() => setHovered(index)} onPointerLeave={() => setHovered(null)}>
              <rect x={index * width} y={0} width={width} height={HEIGHT} fill="transparent" />
              <rect
                className="bin"
                data-on={hovered === index}
                x={index * width + 0.5}
                y={HEIGHT - height}
                width={width - 1}
                height={height}
                rx={1.5}
              />
            </g>
          );
        })}
        {marks.map(({ share, at }) => (
          <g key={share} transform={`translate(${at.toFixed(1)} 0)`}>
            <line y1={0} y2={HEIGHT} className="mark-line" />
            <text
              x={markSide(at, marks) === 'end' ? -3 : 3}
              y={9}
              textAnchor={markSide(at, marks)}
              className="mark-text"
            >
              p{share * 100}
            </text>
          </g>
        ))}
        <line x1={0} x2={WIDTH} y1={HEIGHT} y2={HEIGHT} className="base-line" />
      </svg>
    </figure>
  );
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

function summary(entries: readonly HistogramEntry[], total: number): string {
  const [half, most] = [quantile(entries, 0.5), quantile(entries, 0.95)];
  return `Response times of ${total} requests: median ${formatDuration(half)}, 95 % below ${formatDuration(most)}`;
}
