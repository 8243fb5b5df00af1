import { Tabs } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { type Entity, objectOf } from '../../trace/entity.ts';
import { hasCause } from '../../trace/exceptions.ts';
import type { Timeline, TimelineRow } from '../../trace/timeline.ts';
import { formatDuration } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import type { TracePlace } from '../../url/place.ts';
import { go } from '../../url/use-place.ts';
import { OutcomeTag } from '../../widgets/outcome.tsx';
import { CodeBlock, JsonBlock } from './json-block.tsx';
import { EntityOverview } from './entity-overview.tsx';
import { ExceptionList } from './exception-list.tsx';
import { Pairs } from './pairs.tsx';

interface EntityPanelProps {
  readonly row: TimelineRow;
  readonly timeline: Timeline;
  readonly all: readonly Entity[];
  readonly place: TracePlace;
}

interface Tab {
  readonly id: string;
  readonly label: string;
  readonly show: boolean;
  readonly body: () => ReactNode;
}

export function EntityPanel({ row, timeline, all, place }: EntityPanelProps): ReactNode {
  const { entity } = row;
  const tabs = tabsOf(row, timeline, all, place).filter((tab) => tab.show);
  const current = tabs.find((tab) => tab.id === place.tab) ?? tabs[0];
  const close = (): void => go({ ...place, row: null }, 'replace');
  return (
    <aside
      className="panel entity-panel"
      aria-label={`Details of ${visible(entity.name)}`}
      data-testid="entity-panel"
      onKeyDown={(event) => event.key === 'Escape' && close()}
    >
      <button
        type="button"
        className="btn btn-quiet btn-small btn-icon panel-close"
        aria-label="Close"
        onClick={close}
        data-testid="panel-close"
      >
        <IconX size={16} />
      </button>
      <header className="panel-head">
        <div className="panel-title">
          <h2>{visible(entity.name)}</h2>
          <p className="entity-sub">
            <OutcomeTag outcome={row.outcome} />
            <span className="num">{row.outcome === 'pending' ? 'in progress' : formatDuration(row.lengthS)}</span>
            <span>{entity.inferred ? 'inferred segment' : entity.isSegment ? 'segment' : 'subsegment'}</span>
          </p>
        </div>
      </header>
      <Tabs
        value={current?.id ?? 'overview'}
        onChange={(tab) => go({ ...place, tab: tab ?? 'overview' }, 'replace')}
        keepMounted={false}
      >
        <Tabs.List className="entity-tabs">
          {tabs.map((tab) => (
            <Tabs.Tab key={tab.id} value={tab.id} data-testid={`tab-${tab.id}`}>
              {tab.label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map((tab) => (
          <Tabs.Panel key={tab.id} value={tab.id} className="entity-tab" data-testid={`tabpanel-${tab.id}`}>
            {tab.id === current?.id ? tab.body() : null}
          </Tabs.Panel>
        ))}
      </Tabs>
    </aside>
  );
}

function tabsOf(row: TimelineRow, timeline: Timeline, all: readonly Entity[], place: TracePlace): readonly Tab[] {
  const { entity } = row;
  const { raw } = entity;
  const resources = { ...objectOf(raw['aws']), ...(raw['service'] === undefined ? {} : { service: raw['service'] }) };
  const sql = objectOf(raw['sql']);
  const { sanitized_query: statement, ...connection } = sql ?? {};
  return [
    { id: 'overview', label: 'Overview', show: true, body: () => <EntityOverview row={row} timeline={timeline} /> },
    {
      id: 'exceptions',
      label: 'Exceptions',
      show: hasCause(entity),
      body: () => (
        <ExceptionList
          entity={entity}
          all={all}
          onOpen={(id) => go({ ...place, row: id, tab: 'exceptions' }, 'replace')}
        />
      ),
    },
    {
      id: 'resources',
      label: 'Resources',
      show: Object.keys(resources).length > 0,
      body: () => <Pairs value={resources} />,
    },
    {
      id: 'sql',
      label: 'SQL',
      show: sql !== undefined,
      body: () => (
        <>
          {typeof statement === 'string' ? <CodeBlock text={statement} label="Copy the statement" /> : null}
          <Pairs value={connection} />
        </>
      ),
    },
    {
      id: 'annotations',
      label: 'Annotations',
      show: raw['annotations'] !== undefined,
      body: () => <Pairs value={objectOf(raw['annotations']) ?? {}} />,
    },
    {
      id: 'metadata',
      label: 'Metadata',
      show: raw['metadata'] !== undefined,
      body: () => <JsonBlock value={raw['metadata'] ?? null} label="Copy the metadata" />,
    },
    { id: 'raw', label: 'Raw', show: true, body: () => <JsonBlock value={raw} label="Copy the document" /> },
  ];
}
