import { type ReactNode, useMemo } from 'react';
import { formatCount, formatDuration, formatShare } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import { type CallNode, callTree } from '../../trace/call-tree.ts';
import { type FlameBox, layFlame, pathTo } from '../../trace/flame-layout.ts';
import type { TracePlan } from '../../trace/trace-plan.ts';
import type { TracePlace } from '../../url/place.ts';
import { go } from '../../url/use-place.ts';
import { serviceColor } from './waterfall/palette.ts';

interface FlameViewProps {
  readonly plan: TracePlan;
  readonly place: TracePlace;
  readonly onFind: (text: string) => void;
}

/** Narrower boxes are no target for a pointer. */
const SHARE_MIN = 0.0015;
const BOX_PX = 24;

/** Equal paths as one box, as wide as their own time and that of all below them. */
export function FlameView({ plan, place, onFind }: FlameViewProps): ReactNode {
  const root = useMemo(() => callTree(plan), [plan]);
  const path = useMemo(() => pathTo(root, place.flame), [root, place.flame]);
  const setKey = (flame: string): void => go({ ...place, flame }, 'replace');
  const top = path.at(-1) ?? root;
  const { boxes, depth, hiddenCount } = useMemo(() => layFlame(top, SHARE_MIN), [top]);
  const services = useMemo(() => serviceOrder(root), [root]);
  return (
    <div className="table-view" data-testid="flame">
      <div className="table-tools">
        <nav className="flame-path" aria-label="Where the graph begins">
          {path.map((node) => (
            <button key={node.key} type="button" className="linkish" onClick={() => setKey(node.key)}>
              {node.key === '' ? 'Whole trace' : visible(node.name, 40)}
            </button>
          ))}
        </nav>
        {top.name === '' ? null : (
          <button type="button" className="btn btn-small" onClick={() => onFind(top.name)}>
            Find its rows
          </button>
        )}
        <span className="muted">{hiddenCount > 0 ? `${formatCount(hiddenCount)} too narrow to draw` : ''}</span>
      </div>
      <div className="table-scroll" tabIndex={0} role="region" aria-label="Flame graph">
        <div className="flame" style={{ height: depth * (BOX_PX + 1) }}>
          {boxes.map((box) => (
            <Box
              key={box.node.key}
              box={box}
              share={root.weightUs > 0 ? box.node.weightUs / root.weightUs : 0}
              color={serviceColor(services.get(box.node.service) ?? 0)}
              onOpen={() => setKey(box.node.key)}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

interface BoxProps {
  readonly box: FlameBox;
  readonly share: number;
  readonly color: string;
  readonly onOpen: () => void;
}

function Box({ box: { node, depth, from, width }, share, color, onOpen }: BoxProps): ReactNode {
  const name = node.key === '' ? 'Whole trace' : visible(node.name, 80);
  const duration = (us: number): string => formatDuration(us / 1e6);
  const counts = `${formatCount(node.count)} ×, total ${duration(node.totalUs)}, own ${duration(node.selfUs)}`;
  const title =
    node.key === ''
      ? name
      : `${visible(node.service, 60)}: ${name}\n${counts}\n${formatShare(share)} of the trace's work`;
  return (
    <button
      type="button"
      className="flame-box"
      data-failed={node.failedCount > 0}
      style={{
        left: `${from * 100}%`,
        width: `${width * 100}%`,
        top: depth * (BOX_PX + 1),
        height: BOX_PX,
        borderLeftColor: node.key === '' ? undefined : color,
      }}
      title={title}
      aria-label={title}
      onClick={onOpen}
    >
      {width > 0.02 ? name : ''}
    </button>
  );
}

function serviceOrder(root: CallNode): ReadonlyMap<string, number> {
  const order = new Map<string, number>();
  const stack = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.key !== '' && !order.has(node.service)) order.set(node.service, order.size);
    stack.push(...node.children);
  }
  return order;
}
