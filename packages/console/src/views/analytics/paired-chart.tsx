import { type ReactNode, useRef, useState } from 'react';
import type { PairedBin } from '../../differences/bins.ts';
import { formatCount, formatShare } from '../../text/format.ts';
import { useSize } from '../../widgets/use-size.ts';
import { BinBrush, type BinRange } from '../../widgets/bin-brush.tsx';

const HEIGHT = 132;
const AXIS = 20;
const TOP = 8;

export interface ChartTick {
  /** 0 at the left end of the axis, 1 at the right. */
  readonly at: number;
  readonly text: string;
}

/** Another set, drawn as a line behind the two: its share in each bin. */
export interface ChartLine {
  readonly of: 'group' | 'retrieved';
  readonly shares: readonly number[];
}

interface PairedChartProps {
  readonly title: string;
  readonly bins: readonly PairedBin[];
  readonly lines: readonly ChartLine[];
  readonly ticks: readonly ChartTick[];
  readonly chosen: BinRange | null;
  readonly onChoose: (chosen: BinRange | null) => void;
  readonly ends: readonly [string, string];
  /** A place on the axis. */
  readonly print: (value: number) => string;
  readonly testId: string;
}

/** How each of two sets is spread over an axis: shares, so that a small set is seen beside a large one. */
export function PairedChart(props: PairedChartProps): ReactNode {
  const { title, bins, lines, ticks, chosen, onChoose, ends, print, testId } = props;
  const frame = useRef<HTMLDivElement>(null);
  const { width } = useSize(frame);
  const [hovered, setHovered] = useState<number | null>(null);
  const most = Math.max(1e-9, ...bins.map(({ a, b }) => Math.max(a, b)), ...lines.flatMap(({ shares }) => shares));
  const told = chosen ?? (hovered === null ? null : { first: hovered, last: hovered });
  return (
    <figure className="paired" data-testid={testId}>
      <figcaption className="num">
        <b>{title}</b>
        <span className="paired-told">{told === null ? '' : describe(bins, told, print)}</span>
      </figcaption>
      <div className="paired-frame" ref={frame}>
        <svg width={width} height={HEIGHT + AXIS} role="img" aria-label={`${title}: ${summary(bins, print)}`}>
          {ticks.map(({ at, text }) => (
            <g key={at} transform={`translate(${(at * width).toFixed(1)} 0)`}>
              <line y1={0} y2={HEIGHT} className="grid-line" />
              <text
                y={HEIGHT + 14}
                textAnchor={at < 0.04 ? 'start' : at > 0.96 ? 'end' : 'middle'}
                className="axis-text"
              >
                {text}
              </text>
            </g>
          ))}
          {chosen === null ? null : (
            <rect
              className="band"
              x={(chosen.first / bins.length) * width}
              width={((chosen.last + 1 - chosen.first) / bins.length) * width}
              y={0}
              height={HEIGHT}
            />
          )}
          {lines.map(({ of, shares }) => (
            <path key={of} className="paired-line" data-line={of} d={stepsOf(shares, most, width)} />
          ))}
          {(['b', 'a'] as const).map((side) => {
            const shares = bins.map((bin) => bin[side]);
            return <path key={side} className="paired-area" data-set={side} d={stepsOf(shares, most, width)} />;
          })}
          {hovered === null ? null : (
            <line
              className="paired-hover"
              x1={((hovered + 0.5) / bins.length) * width}
              x2={((hovered + 0.5) / bins.length) * width}
              y1={0}
              y2={HEIGHT}
            />
          )}
          <line x1={0} x2={width} y1={HEIGHT} y2={HEIGHT} className="base-line" />
        </svg>
        <BinBrush
          binCount={bins.length}
          chosen={chosen}
          onChoose={onChoose}
          onHover={setHovered}
          ends={ends}
          testId="chart-brush"
          print={(edge) => print(bins[edge]?.from ?? bins.at(-1)?.to ?? 0)}
        />
      </div>
    </figure>
  );
}

function stepsOf(shares: readonly number[], most: number, width: number): string {
  const step = width / Math.max(1, shares.length);
  const line = shares.map((share, at) => {
    const y = HEIGHT - (share / most) * (HEIGHT - TOP);
    return `L${(at * step).toFixed(1)} ${y.toFixed(1)}H${((at + 1) * step).toFixed(1)}`;
  });
  return `M0 ${HEIGHT}${line.join('')}V${HEIGHT}Z`;
}

function describe(bins: readonly PairedBin[], { first, last }: BinRange, print: (value: number) => string): string {
  const part = bins.slice(first, last + 1);
  const side = (letter: 'a' | 'b'): string => {
    const count = part.reduce((all, bin) => all + (letter === 'a' ? bin.countA : bin.countB), 0);
    return `${letter.toUpperCase()} ${formatCount(count)} (${formatShare(part.reduce((all, bin) => all + bin[letter], 0))})`;
  };
  return `${print(part[0]?.from ?? 0)} – ${print(part.at(-1)?.to ?? 0)}: ${side('a')}, ${side('b')}`;
}

function summary(bins: readonly PairedBin[], print: (value: number) => string): string {
  const peak = (letter: 'a' | 'b'): string => {
    const best = bins.reduce<PairedBin | null>(
      (top, bin) => (top === null || bin[letter] > top[letter] ? bin : top),
      null,
    );
    return best === null || best[letter] === 0
      ? `${letter.toUpperCase()} has none`
      : `most of ${letter.toUpperCase()} from ${print(best.from)} to ${print(best.to)}`;
  };
  return `${peak('a')}, ${peak('b')}`;
}
