import {
  findRule,
  inRuleOrder,
  type RecentRequest,
  type SamplingRule,
  type SamplingRuleRecord,
} from '@fluoroscope/api';
import { type FormEvent, type ReactNode, useState } from 'react';
import { createRule, putTags, updateRule } from '../../http/administration.ts';
import { changedTags, type PairRow, tagsOf, writePairs } from '../../settings/pairs.ts';
import { refusedField } from '../../settings/refusal.ts';
import { draftOf, EMPTY_RULE, type RuleDraft, ruleOf, updateOf } from '../../settings/rule-draft.ts';
import { formatCount } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import { Bone } from '../../widgets/state.tsx';
import { Problem } from './confirm.tsx';
import { Dialog } from './dialog.tsx';
import { Field } from './field.tsx';
import { FormFoot } from './form-foot.tsx';
import { PairsField } from './pairs-field.tsx';
import { RequestList } from './request-list.tsx';
import { DEFAULT_RULE } from './rule-row.tsx';
import { useChange } from './use-change.ts';
import { useTags } from './use-tags.ts';

const FIELDS = [
  'RuleName',
  'Priority',
  'ReservoirSize',
  'FixedRate',
  'ServiceName',
  'ServiceType',
  'Host',
  'HTTPMethod',
  'URLPath',
  'ResourceARN',
  'Attributes',
  'MaxRate',
  'CooldownWindowMinutes',
  'Tags',
] as const;
type FieldName = (typeof FIELDS)[number];

const SERVICE_TYPES = [
  '*',
  'AWS::EC2::Instance',
  'AWS::ECS::Container',
  'AWS::EKS::Container',
  'AWS::ElasticBeanstalk::Environment',
  'AWS::APIGateway::Stage',
  'AWS::Lambda::Function',
];
const METHODS = ['*', 'GET', 'POST', 'PUT', 'DELETE'];

interface RuleFormProps {
  readonly how: 'edit' | 'copy';
  /** Undefined: a new one, like none. */
  readonly rule: SamplingRule | undefined;
  readonly records: readonly SamplingRuleRecord[];
  readonly requests: readonly RecentRequest[];
  readonly onClose: () => void;
}

export function RuleForm(props: RuleFormProps): ReactNode {
  const { how, rule, onClose } = props;
  const tags = useTags(rule?.RuleARN);
  const title = how === 'edit' ? `Rule ${visible(rule?.RuleName ?? '', 40)}` : 'New rule';
  return (
    <Dialog title={title} testId="rule-form" wide onClose={onClose}>
      {tags === undefined ? (
        <div className="sheet-body">
          <Bone width="100%" height={240} />
        </div>
      ) : (
        <RuleFields {...props} tags={writePairs(tags.map(({ Key, Value }) => [Key, Value]))} />
      )}
    </Dialog>
  );
}

function draftFor({ how, rule }: Pick<RuleFormProps, 'how' | 'rule'>): RuleDraft {
  if (rule === undefined) return EMPTY_RULE;
  const draft = draftOf(rule);
  if (how === 'edit') return draft;
  return { ...draft, name: '', priority: rule.RuleName === DEFAULT_RULE ? EMPTY_RULE.priority : draft.priority };
}

function RuleFields(props: RuleFormProps & { readonly tags: readonly PairRow[] }): ReactNode {
  const { how, rule, records, requests, tags: tagsBefore, onClose } = props;
  const isEdit = how === 'edit';
  const isDefault = isEdit && rule?.RuleName === DEFAULT_RULE;
  const [draft, setDraft] = useState(() => draftFor({ how, rule }));
  const [tags, setTags] = useState(tagsBefore);
  const change = useChange();
  const refused = change.problem === null ? null : refusedField(change.problem, FIELDS);
  const of = (field: FieldName): string | null => (refused === field ? change.problem : null);
  const set =
    (field: keyof RuleDraft) =>
    (value: string): void =>
      setDraft((was) => ({ ...was, [field]: value }));

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    const done = await change.run(async () => {
      if (!isEdit) return createRule(ruleOf(draft), tagsOf(tags));
      await updateRule(updateOf(draft, isDefault));
      return putTags(rule?.RuleARN ?? '', changedTags(tagsOf(tagsBefore), tagsOf(tags)));
    });
    if (done) onClose();
  }
  return (
    <form onSubmit={(event) => void save(event)} className="sheet-form">
      <div className="sheet-body">
        <RuleRates draft={draft} of={of} set={set} isEdit={isEdit} isDefault={isDefault} />
        {isDefault ? (
          <p className="form-hint">
            The Default rule matches what no other does; its reservoir and rate can be changed.
          </p>
        ) : (
          <RuleCriteria
            draft={draft}
            of={of}
            set={set}
            onAttributes={(attributes) => setDraft((was) => ({ ...was, attributes }))}
          />
        )}
        <Preview
          draft={draft}
          isDefault={isDefault}
          rule={isEdit ? rule : undefined}
          records={records}
          requests={requests}
        />
        <PairsField label="Tags" word="tag" rows={tags} onChange={setTags} problem={of('Tags')} />
        <Problem text={refused === null ? change.problem : null} />
      </div>
      <FormFoot word={isEdit ? 'Save' : 'Create rule'} disabled={change.busy} onClose={onClose} />
    </form>
  );
}

interface RuleCriteriaProps {
  readonly draft: RuleDraft;
  readonly of: (field: FieldName) => string | null;
  readonly set: (field: keyof RuleDraft) => (value: string) => void;
  readonly onAttributes: (rows: readonly PairRow[]) => void;
}

function RuleCriteria({ draft, of, set, onAttributes }: RuleCriteriaProps): ReactNode {
  return (
    <>
      <div className="form-part">
        <h3>Which requests</h3>
        <p className="form-hint">
          <code>*</code> stands for any text, <code>?</code> for one character, in any letter case. All of them must
          fit.
        </p>
      </div>
      <div className="form-grid">
        <Field
          label="Service name"
          mono
          value={draft.serviceName}
          onChange={set('serviceName')}
          problem={of('ServiceName')}
        />
        <Field
          label="Service type"
          mono
          value={draft.serviceType}
          onChange={set('serviceType')}
          problem={of('ServiceType')}
          offers={SERVICE_TYPES}
        />
        <Field label="Host" mono value={draft.host} onChange={set('host')} problem={of('Host')} />
        <Field
          label="HTTP method"
          mono
          value={draft.method}
          onChange={set('method')}
          problem={of('HTTPMethod')}
          offers={METHODS}
        />
        <Field
          label="URL path"
          mono
          value={draft.path}
          onChange={set('path')}
          problem={of('URLPath')}
          testId="rule-path"
          hint="Without the query"
        />
        <Field
          label="Resource ARN"
          mono
          value={draft.resourceArn}
          onChange={set('resourceArn')}
          problem={of('ResourceARN')}
          hint="Most SDKs skip a rule that asks for one"
        />
      </div>
      <RuleExtras draft={draft} of={of} set={set} onAttributes={onAttributes} />
    </>
  );
}

interface RuleRatesProps extends Pick<RuleCriteriaProps, 'draft' | 'of' | 'set'> {
  readonly isEdit: boolean;
  readonly isDefault: boolean;
}

function RuleRates({ draft, of, set, isEdit, isDefault }: RuleRatesProps): ReactNode {
  return (
    <div className="form-grid">
      <Field
        label="Name"
        value={draft.name}
        onChange={set('name')}
        disabled={isEdit}
        charsMax={32}
        problem={of('RuleName')}
        testId="rule-name"
        autoFocus={!isEdit}
      />
      <Field
        label="Priority"
        number
        value={draft.priority}
        onChange={set('priority')}
        disabled={isDefault}
        problem={of('Priority')}
        testId="rule-priority"
        hint={isDefault ? 'Always the last.' : '1 to 9999, the lowest first'}
      />
      <Field
        label="Reservoir"
        number
        unit="a second"
        value={draft.reservoir}
        onChange={set('reservoir')}
        problem={of('ReservoirSize')}
        testId="rule-reservoir"
        hint="Of all clients together"
      />
      <Field
        label="Rate"
        number
        unit="%"
        value={draft.rate}
        onChange={set('rate')}
        problem={of('FixedRate')}
        testId="rule-rate"
        hint="Of what the reservoir leaves"
      />
    </div>
  );
}

function RuleExtras({ draft, of, set, onAttributes }: RuleCriteriaProps): ReactNode {
  return (
    <>
      <PairsField
        label="Attributes"
        word="attribute"
        rows={draft.attributes}
        onChange={onAttributes}
        problem={of('Attributes')}
      />
      <div className="form-grid">
        <Field
          label="Boost to, on anomalies"
          number
          unit="%"
          value={draft.boostRate}
          onChange={set('boostRate')}
          problem={of('MaxRate')}
          hint="Empty: none. For clients with adaptive sampling"
        />
        <Field
          label="Once in"
          number
          unit="minutes"
          value={draft.boostCooldown}
          onChange={set('boostCooldown')}
          problem={of('CooldownWindowMinutes')}
        />
      </div>
    </>
  );
}

interface PreviewProps {
  readonly draft: RuleDraft;
  readonly isDefault: boolean;
  /** That is being edited. */
  readonly rule: SamplingRule | undefined;
  readonly records: readonly SamplingRuleRecord[];
  readonly requests: readonly RecentRequest[];
}

/** What of the recent requests would meet the rule as it is written, in its place among the others. */
function Preview({ draft, isDefault, rule, records, requests }: PreviewProps): ReactNode {
  const written = ruleOf(draft);
  const own: SamplingRule = isDefault && rule !== undefined ? rule : written;
  const others = records.filter(({ SamplingRule }) => SamplingRule?.RuleName !== rule?.RuleName || rule === undefined);
  const order = inRuleOrder([...others, { SamplingRule: own }]);
  const matched = requests.filter((request) => findRule(order, request) === own);
  const count = matched.reduce((sum, request) => sum + request.count, 0);
  return (
    <div className="form-part" data-testid="preview">
      <h3>Would match now</h3>
      {count === 0 ? (
        <p className="form-hint">None of the requests of the last hour, as far as they came here.</p>
      ) : (
        <>
          <p className="form-hint">{formatCount(count)} of the newest traces of the last hour.</p>
          <RequestList requests={matched} />
        </>
      )}
    </div>
  );
}
