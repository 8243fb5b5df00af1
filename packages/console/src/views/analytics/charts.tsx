import type { SetDifferences } from '@fluoroscope/api';
import { type ReactNode, useMemo, useState } from 'react';
import { type PairedBin, pairedTimes, pairedTrend } from '../../differences/bins.ts';
import { sharesOf, type Totals } from '../../differences/retrieved.ts';
import { chosenBand, type Chosen } from '../../differences/sets.ts';
import { logTicks } from '../../map/histogram.ts';
import { formatClock, formatDuration, formatTick } from '../../text/format.ts';
import type { BinRange } from '../../widgets/bin-brush.tsx';
import { ChosenButtons } from './chosen-menu.tsx';
import { type ChartLine, PairedChart } from './paired-chart.tsx';
import type { SetActions } from './set-actions.ts';

const TIME_BINS = 48;
const CLOCKS = 5;

interface Brushed {
  readonly chart: 'times' | 'trend';
  readonly bins: BinRange;
}

interface ChartsProps {
  readonly answer: SetDifferences;
  /** Null: not drawn. */
  readonly totals: Totals | null;
  readonly actions: SetActions;
}

/** Response times and activity of both sets; what is brushed over can become a set. */
export function Charts({ answer, totals, actions }: ChartsProps): ReactNode {
  const [brushed, setBrushed] = useState<Brushed | null>(null);
  const times = useMemo(() => pairedTimes(answer.a.histogram, answer.b.histogram, TIME_BINS), [answer]);
  const trend = useMemo(
    () => pairedTrend(answer.startTime, answer.stepSeconds, answer.a.trend, answer.b.trend),
    [answer],
  );
  const lines = useMemo(() => linesOf(totals, times, trend), [totals, times, trend]);
  const bins = brushed?.chart === 'times' ? times : trend;
  const [first, last] = brushed === null ? [] : [bins[brushed.bins.first], bins[brushed.bins.last]];
  const isTimes = brushed?.chart === 'times';
  const chosen: Chosen | null =
    first === undefined || last === undefined
      ? null
      : isTimes
        ? chosenBand({ fromS: first.from, toS: last.to })
        : { filter: '', time: { startS: first.from, endS: last.to } };
  const of = (chart: Brushed['chart']): BinRange | null => (brushed?.chart === chart ? brushed.bins : null);
  const choose = (chart: Brushed['chart'], range: BinRange | null): void =>
    setBrushed(range === null ? null : { chart, bins: range });
  return (
    <div className="analytics-charts">
      {times.length === 0 ? null : (
        <PairedChart
          title="Response times"
          testId="chart-times"
          bins={times}
          lines={lines.times}
          ticks={timeTicks(times[0]?.from ?? 1, times.at(-1)?.to ?? 1)}
          chosen={of('times')}
          onChoose={(range) => choose('times', range)}
          ends={['Shortest response time', 'Longest response time']}
          print={formatDuration}
        />
      )}
      <PairedChart
        title="When they began"
        testId="chart-trend"
        bins={trend}
        lines={lines.trend}
        ticks={clockTicks(answer.startTime, answer.endTime)}
        chosen={of('trend')}
        onChoose={(range) => choose('trend', range)}
        ends={['First time', 'Last time']}
        print={(seconds) => formatClock(seconds).slice(0, 8)}
      />
      {chosen === null || first === undefined || last === undefined ? null : (
        <div className="chosen-bar" data-testid="chosen-bar">
          <span className="num">
            {isTimes
              ? `${formatDuration(first.from)} – ${formatDuration(last.to)}`
              : `${formatClock(first.from).slice(0, 8)} – ${formatClock(last.to).slice(0, 8)}`}
          </span>
          <ChosenButtons chosen={chosen} actions={actions} onDone={() => setBrushed(null)} />
        </div>
      )}
    </div>
  );
}

interface Lines {
  readonly times: readonly ChartLine[];
  readonly trend: readonly ChartLine[];
}

function linesOf(totals: Totals | null, times: readonly PairedBin[], trend: readonly PairedBin[]): Lines {
  const lines: { times: ChartLine[]; trend: ChartLine[] } = { times: [], trend: [] };
  for (const of of ['group', 'retrieved'] as const) {
    const set = totals?.[of] ?? null;
    if (set === null) continue;
    lines.times.push({
      of,
      shares: sharesOf(
        times,
        set.histogram.map(({ Value = 0, Count = 0 }) => [Value, Count]),
      ),
    });
    lines.trend.push({
      of,
      shares: sharesOf(
        trend,
        set.trend.map((count, at) => [trend[at]?.from ?? 0, count]),
      ),
    });
  }
  return lines;
}

function timeTicks(from: number, to: number): readonly { readonly at: number; readonly text: string }[] {
  const span = Math.log(to / from);
  return logTicks(from, to).map((tick) => ({ at: Math.log(tick / from) / span, text: formatTick(tick) }));
}

function clockTicks(startTime: number, endTime: number): readonly { readonly at: number; readonly text: string }[] {
  return Array.from({ length: CLOCKS }, (_clock, index) => {
    const at = (index + 0.5) / CLOCKS;
    return { at, text: formatClock(startTime + (endTime - startTime) * at).slice(0, 8) };
  });
}
