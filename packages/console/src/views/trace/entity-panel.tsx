import { Tabs } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useEntity } from '../../http/use-entity.ts';
import { type Entity, objectOf } from '../../trace/entity.ts';
import { hasCause } from '../../trace/exceptions.ts';
import { failureChain } from '../../trace/failure-chain.ts';
import { linksOf } from '../../trace/links.ts';
import { formatSql } from '../../trace/sql-format.ts';
import { hasFlag, nameOfRow, outcomeOfRow, type TracePlan } from '../../trace/trace-plan.ts';
import { formatDuration } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import type { TracePlace } from '../../url/place.ts';
import { go } from '../../url/use-place.ts';
import { OutcomeTag } from '../../widgets/outcome.tsx';
import { Bone } from '../../widgets/state.tsx';
import { Annotations } from './annotations.tsx';
import { CodeBlock, JsonBlock } from './json-block.tsx';
import { EntityOverview } from './entity-overview.tsx';
import { ExceptionList } from './exception-list.tsx';
import { LinkedTraces } from './linked-traces.tsx';
import { Pairs } from './pairs.tsx';
import { Resources } from './resources.tsx';

interface EntityPanelProps {
  /** Of the row: the trace of the page, or one that is shown with it. */
  readonly traceId: string;
  readonly plan: TracePlan;
  readonly row: number;
  readonly place: TracePlace;
}

interface Tab {
  readonly id: string;
  readonly label: string;
  readonly show: boolean;
  readonly body: () => ReactNode;
}

export function EntityPanel({ traceId, plan, row, place }: EntityPanelProps): ReactNode {
  const { entity, error } = useEntity(traceId, plan, row);
  const name = nameOfRow(plan, row);
  const outcome = outcomeOfRow(plan, row);
  const close = (): void => go({ ...place, row: null }, 'replace');
  return (
    <aside
      className="panel entity-panel"
      aria-label={`Details of ${visible(name)}`}
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
          <h2>{visible(name)}</h2>
          <p className="entity-sub">
            <OutcomeTag outcome={outcome} />
            <span className="num">
              {outcome === 'pending' ? 'in progress' : formatDuration((plan.length[row] ?? 0) / 1e6)}
            </span>
            <span>{kindWord(plan, row)}</span>
          </p>
        </div>
      </header>
      {entity !== null ? (
        <EntityTabs entity={entity} traceId={traceId} plan={plan} row={row} place={place} />
      ) : error !== null ? (
        <p className="notice o-fault">{error.message}</p>
      ) : (
        <Bone width="100%" height={220} />
      )}
    </aside>
  );
}

function kindWord(plan: TracePlan, row: number): string {
  if (hasFlag(plan, row, 'inferred')) return 'inferred segment';
  return hasFlag(plan, row, 'segment') ? 'segment' : 'subsegment';
}

interface EntityTabsProps extends EntityPanelProps {
  readonly entity: Entity;
}

function EntityTabs(props: EntityTabsProps): ReactNode {
  const { place } = props;
  const tabs = tabsOf(props).filter((tab) => tab.show);
  const current = tabs.find((tab) => tab.id === place.tab) ?? tabs[0];
  return (
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
  );
}

function tabsOf({ entity, traceId, plan, row, place }: EntityTabsProps): readonly Tab[] {
  const { raw } = entity;
  const resources = { ...objectOf(raw['aws']), ...(raw['service'] === undefined ? {} : { service: raw['service'] }) };
  const sql = objectOf(raw['sql']);
  const { sanitized_query: statement, ...connection } = sql ?? {};
  const links = linksOf(entity);
  const chain = failureChain(plan, row);
  return [
    {
      id: 'overview',
      label: 'Overview',
      show: true,
      body: () => <EntityOverview entity={entity} plan={plan} row={row} />,
    },
    {
      id: 'exceptions',
      label: 'Exceptions',
      show: hasCause(entity) || chain.length > 1,
      body: () => (
        <ExceptionList
          entity={entity}
          plan={plan}
          chain={chain}
          traceId={traceId}
          onOpen={(id) => go({ ...place, row: id, tab: 'exceptions' }, 'replace')}
        />
      ),
    },
    {
      id: 'resources',
      label: 'Resources',
      show: Object.keys(resources).length > 0,
      body: () => <Resources value={resources} />,
    },
    {
      id: 'sql',
      label: 'SQL',
      show: sql !== undefined,
      body: () => (
        <>
          {typeof statement === 'string' ? <CodeBlock text={formatSql(statement)} label="Copy the statement" /> : null}
          <Pairs value={connection} />
        </>
      ),
    },
    {
      id: 'annotations',
      label: 'Annotations',
      show: raw['annotations'] !== undefined,
      body: () => <Annotations value={objectOf(raw['annotations']) ?? {}} atS={plan.startUs / 1e6} />,
    },
    {
      id: 'links',
      label: 'Linked',
      show: links.length > 0,
      body: () => <LinkedTraces links={links} />,
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
