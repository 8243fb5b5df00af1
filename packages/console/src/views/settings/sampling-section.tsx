import { inRuleOrder, type SamplingAnswer, type SamplingRuleRecord } from '@fluoroscope/api';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { deleteRule, readRules, readSampling, updateRule } from '../../http/administration.ts';
import { moveRule } from '../../settings/rule-order.ts';
import { formatCount } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import { settingsPlace } from '../../url/place.ts';
import { PlaceLink } from '../../url/place-link.tsx';
import type { Opened } from '../../url/settings-place.ts';
import { go } from '../../url/use-place.ts';
import { Failure } from '../../widgets/state.tsx';
import { Confirm, Problem } from './confirm.tsx';
import { RuleForm } from './rule-form.tsx';
import { DEFAULT_RULE, RuleRow } from './rule-row.tsx';
import { SectionHead } from './section-head.tsx';
import { SettingsSkeleton } from './settings-skeleton.tsx';
import { useChange } from './use-change.ts';
import { useSession } from './use-session.ts';

const REFRESH_MS = 10_000;

export function SamplingSection({ open }: { readonly open: Opened | null }): ReactNode {
  const rules = useQuery({ queryKey: ['sampling-rules'], queryFn: ({ signal }) => readRules(signal) });
  const activity = useQuery({
    queryKey: ['sampling-activity'],
    queryFn: ({ signal }) => readSampling(signal),
    refetchInterval: REFRESH_MS,
  });
  const session = useSession();
  const [doomed, setDoomed] = useState<string | null>(null);
  const moving = useChange();
  if (rules.data === undefined) {
    if (rules.error === null) return <SettingsSkeleton />;
    return <Failure title="Sampling rules cannot be shown" error={rules.error} retry={() => void rules.refetch()} />;
  }
  const allowed = session.may('operator');
  const records = inRuleOrder(rules.data);
  const own = records.filter(({ SamplingRule: rule }) => rule?.RuleName !== DEFAULT_RULE);
  const opened = records.find(({ SamplingRule: rule }) => rule?.RuleName === open?.name)?.SamplingRule;

  /** One after another, so that a refusal leaves as much in order as can be. */
  async function move(from: number, to: number): Promise<void> {
    await moving.run(async () => {
      for (const { name, priority } of moveRule(own, from, to))
        await updateRule({ RuleName: name, Priority: priority });
    });
  }
  return (
    <>
      <SectionHead
        title="Sampling"
        lead="Clients ask for these rules and decide by the first that a request matches: the reservoir’s requests a second first, then a share of the rest."
      >
        {allowed ? (
          <PlaceLink
            to={settingsPlace('sampling', { how: 'copy', name: '' })}
            className="btn btn-primary"
            testId="new-rule"
          >
            <IconPlus size={15} aria-hidden />
            New rule
          </PlaceLink>
        ) : null}
      </SectionHead>
      <Problem text={moving.problem} />
      {activity.error === null ? null : <Problem text={`What rules do now is not known: ${activity.error.message}`} />}
      <RulesTable
        records={records}
        activity={activity.data}
        allowed={allowed}
        onMove={moving.busy ? null : (from, to) => void move(from, to)}
        onDelete={setDoomed}
      />
      <Looked activity={activity.data} />
      {own.length > 0 ? null : <NoRules />}
      {open !== null && (opened !== undefined || open.how === 'copy') ? (
        <RuleForm
          key={`${open.how} ${open.name}`}
          how={open.how}
          rule={opened}
          records={records}
          requests={activity.data?.requests ?? []}
          onClose={() => go(settingsPlace('sampling'))}
        />
      ) : null}
      {doomed === null ? null : <DeleteRule name={doomed} onClose={() => setDoomed(null)} />}
    </>
  );
}

function Looked({ activity }: { readonly activity: SamplingAnswer | undefined }): ReactNode {
  if (activity === undefined) return <p className="settings-note">Looking at recent traces…</p>;
  const { traceCount } = activity.looked;
  return (
    <p className="settings-note">
      “Matches now” holds the requests that began the newest {formatCount(traceCount)} traces of the last hour against
      the rules. Requests that were not sampled never came here, so they are not in it.
    </p>
  );
}

function NoRules(): ReactNode {
  return (
    <p className="settings-empty" data-testid="no-rules">
      With the Default rule alone, all requests are treated alike. A rule for <code>POST /checkout*</code> with a rate
      of 100 % keeps every checkout; one for <code>/health*</code> with a reservoir and rate of 0 keeps health checks
      out.
    </p>
  );
}

function DeleteRule({ name, onClose }: { readonly name: string; readonly onClose: () => void }): ReactNode {
  const change = useChange();
  return (
    <Confirm
      title={`Delete the rule ${visible(name, 40)}?`}
      word="Delete"
      change={change}
      onClose={onClose}
      onYes={() => void change.run(() => deleteRule(name)).then((done) => done && onClose())}
    >
      <p>
        What it matches falls to the rules behind it, as soon as clients ask again: most within seconds, some within
        five minutes.
      </p>
    </Confirm>
  );
}

function RulesHead(): ReactNode {
  return (
    <thead>
      <tr>
        <th scope="col">Priority</th>
        <th scope="col">Rule</th>
        <th scope="col">Samples</th>
        <th scope="col">Reported, last 10 min</th>
        <th scope="col">Reservoir now</th>
        <th scope="col">Matches now</th>
        <th scope="col">
          <span className="sr-only">Actions</span>
        </th>
      </tr>
    </thead>
  );
}

interface RulesTableProps {
  /** In order. */
  readonly records: readonly SamplingRuleRecord[];
  readonly activity: SamplingAnswer | undefined;
  readonly allowed: boolean;
  /** Null: not now. */
  readonly onMove: ((from: number, to: number) => void) | null;
  readonly onDelete: (name: string) => void;
}

function RulesTable({ records, activity, allowed, onMove, onDelete }: RulesTableProps): ReactNode {
  const lastOwn = records.length - 2;
  return (
    <table
      className="settings-table"
      data-testid="rules-table"
      aria-label="Sampling rules, in the order in which they are tried"
    >
      <RulesHead />
      <tbody>
        {records.map(({ SamplingRule: rule }, at) =>
          rule === undefined ? null : (
            <RuleRow
              key={rule.RuleName}
              rule={rule}
              activity={activity}
              allowed={allowed}
              onMove={
                rule.RuleName === DEFAULT_RULE || onMove === null
                  ? null
                  : {
                      up: at === 0 ? null : () => onMove(at, at - 1),
                      down: at >= lastOwn ? null : () => onMove(at, at + 1),
                    }
              }
              onDelete={rule.RuleName === DEFAULT_RULE ? null : () => onDelete(rule.RuleName ?? '')}
            />
          ),
        )}
      </tbody>
    </table>
  );
}
