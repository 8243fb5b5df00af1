import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { formatCount, formatDuration } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import type { CallNode } from '../../trace/call-tree.ts';
import type { ComparedNode } from '../../trace/compare.ts';

interface CompareRowProps {
  readonly node: ComparedNode;
  readonly longestUs: number;
  /** What the change is, in words. */
  readonly label: string;
  readonly isClosed: boolean;
  readonly onFold: () => void;
}

const INDENT_LEVELS_MAX = 20;

export function CompareRow({ node, longestUs, label, isClosed, onFold }: CompareRowProps): ReactNode {
  const { a, b, change } = node;
  return (
    <tr data-change={change} data-testid={`compare-row-${node.name}`}>
      <th scope="row" style={{ paddingLeft: `calc(var(--indent) * ${0.5 + Math.min(node.depth, INDENT_LEVELS_MAX)})` }}>
        <span className="compare-name">
          {node.childCount > 0 ? (
            <button
              type="button"
              className="t-fold"
              aria-label={isClosed ? 'Open' : 'Close'}
              aria-expanded={!isClosed}
              onClick={onFold}
            >
              {isClosed ? <IconChevronRight size={14} /> : <IconChevronDown size={14} />}
            </button>
          ) : (
            <span className="t-fold" />
          )}
          <span className="clip">
            {visible(node.name, 100)}{' '}
            <span className="muted">{node.service === node.name ? '' : visible(node.service, 60)}</span>
          </span>
        </span>
      </th>
      <td className="num">
        <Figures node={a} />
      </td>
      <td className="num">
        <Figures node={b} />
      </td>
      <td className="num compare-delta" title={label}>
        <span className="sr-only">{label}: </span>
        {deltaText(node)}
      </td>
      <td className="compare-bars">
        <Bar side="A" us={a?.totalUs ?? 0} longestUs={longestUs} />
        <Bar side="B" us={b?.totalUs ?? 0} longestUs={longestUs} />
      </td>
    </tr>
  );
}

function Figures({ node }: { readonly node: CallNode | null }): ReactNode {
  if (node === null) return <span className="muted">–</span>;
  return (
    <>
      {formatDuration(node.totalUs / 1e6)}
      {node.count > 1 ? <span className="muted"> ×{formatCount(node.count)}</span> : null}
      {node.failedCount > 0 ? <span className="bad-count"> {formatCount(node.failedCount)} err</span> : null}
    </>
  );
}

function deltaText({ change, a, b, deltaUs }: ComparedNode): string {
  if (change === 'new') return 'only in B';
  if (change === 'gone') return 'only in A';
  const counts = (b?.count ?? 0) - (a?.count ?? 0);
  const more = counts === 0 ? '' : ` · ${counts > 0 ? '+' : '−'}${formatCount(Math.abs(counts))} ×`;
  if (change === 'same') return `≈${more}`;
  return `${deltaUs > 0 ? '+' : '−'}${formatDuration(Math.abs(deltaUs) / 1e6)}${more}`;
}

function Bar({
  side,
  us,
  longestUs,
}: {
  readonly side: 'A' | 'B';
  readonly us: number;
  readonly longestUs: number;
}): ReactNode {
  const share = longestUs > 0 ? Math.min(1, us / longestUs) : 0;
  return <span className="compare-bar" data-side={side} style={{ width: `${share * 100}%` }} />;
}
