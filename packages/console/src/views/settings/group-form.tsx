import type { Group } from '@fluoroscope/api';
import { IconFilter } from '@tabler/icons-react';
import { type FormEvent, lazy, type ReactNode, Suspense, useState } from 'react';
import { createGroup, putTags, updateGroup } from '../../http/administration.ts';
import { changedTags, type PairRow, tagsOf, writePairs } from '../../settings/pairs.ts';
import { refusedField } from '../../settings/refusal.ts';
import { visible } from '../../text/visible.ts';
import { TRACES_PLACE } from '../../url/place.ts';
import { Bone } from '../../widgets/state.tsx';
import { Refusal } from '../traces/filter-box.tsx';
import { useFilterCheck, useFilterWords } from '../traces/use-filter-help.ts';
import { Problem } from './confirm.tsx';
import { Dialog } from './dialog.tsx';
import { Check, Field } from './field.tsx';
import { FormFoot } from './form-foot.tsx';
import { PairsField } from './pairs-field.tsx';
import { useChange } from './use-change.ts';
import { useTags } from './use-tags.ts';

const FilterEditor = lazy(async () => ({ default: (await import('../traces/filter-editor.tsx')).FilterEditor }));

const FIELDS = ['GroupName', 'FilterExpression', 'InsightsConfiguration', 'Tags'] as const;
const HINT = 'For example  service("cart") AND fault';
const NAME_CHARS_MAX = 32;

interface GroupFormProps {
  readonly how: 'edit' | 'copy';
  /** Undefined: a new one, like none. */
  readonly group: Group | undefined;
  readonly onClose: () => void;
}

export function GroupForm({ how, group, onClose }: GroupFormProps): ReactNode {
  const tags = useTags(group?.GroupARN);
  const name = group?.GroupName ?? '';
  const title = how === 'edit' ? `Group ${visible(name, 40)}` : 'New group';
  return (
    <Dialog title={title} testId="group-form" wide onClose={onClose}>
      {tags === undefined ? (
        <div className="sheet-body">
          <Bone width="100%" height={160} />
        </div>
      ) : (
        <GroupFields
          how={how}
          group={group}
          tags={writePairs(tags.map(({ Key, Value }) => [Key, Value]))}
          onClose={onClose}
        />
      )}
    </Dialog>
  );
}

interface GroupFieldsProps extends GroupFormProps {
  readonly tags: readonly PairRow[];
}

function GroupFields({ how, group, tags: tagsBefore, onClose }: GroupFieldsProps): ReactNode {
  const isEdit = how === 'edit';
  const isDefault = isEdit && group?.GroupName === 'Default';
  const [name, setName] = useState(isEdit ? (group?.GroupName ?? '') : '');
  const [expression, setExpression] = useState(group?.FilterExpression ?? '');
  const [insights, setInsights] = useState(group?.InsightsConfiguration?.InsightsEnabled ?? false);
  const [notifies, setNotifies] = useState(group?.InsightsConfiguration?.NotificationsEnabled ?? false);
  const [tags, setTags] = useState(tagsBefore);
  const [refusedText, setRefusedText] = useState('');
  const change = useChange();
  const field = change.problem === null ? null : refusedField(change.problem, FIELDS);
  const of = (one: (typeof FIELDS)[number]): string | null => (field === one ? change.problem : null);

  async function save(): Promise<void> {
    setRefusedText(expression);
    const done = await change.run(async () => {
      const input = {
        GroupName: name.trim(),
        FilterExpression: expression,
        InsightsConfiguration: { InsightsEnabled: insights, NotificationsEnabled: insights && notifies },
      };
      if (!isEdit) return createGroup(input, tagsOf(tags));
      await updateGroup(
        isDefault ? { GroupName: input.GroupName, InsightsConfiguration: input.InsightsConfiguration } : input,
      );
      return putTags(group?.GroupARN ?? '', changedTags(tagsOf(tagsBefore), tagsOf(tags)));
    });
    if (done) onClose();
  }
  function submit(event: FormEvent): void {
    event.preventDefault();
    void save();
  }
  return (
    <form onSubmit={submit} className="sheet-form">
      <div className="sheet-body">
        <Field
          label="Name"
          value={name}
          onChange={setName}
          disabled={isEdit}
          charsMax={NAME_CHARS_MAX}
          testId="group-name"
          problem={of('GroupName')}
          hint={isEdit ? 'A group keeps its name: links and searches use it.' : 'Up to 32 characters, and for good.'}
          autoFocus={!isEdit}
        />
        <Expression
          isDefault={isDefault}
          text={expression}
          refusal={refusedText === expression ? of('FilterExpression') : null}
          onText={setExpression}
          onRun={() => void save()}
        />
        <Insights
          insights={insights}
          notifies={notifies}
          onInsights={setInsights}
          onNotifies={setNotifies}
          problem={of('InsightsConfiguration')}
        />
        <PairsField label="Tags" word="tag" rows={tags} onChange={setTags} problem={of('Tags')} />
        <Problem text={field === null ? change.problem : null} />
      </div>
      <FormFoot word={isEdit ? 'Save' : 'Create group'} disabled={change.busy} onClose={onClose} />
    </form>
  );
}

interface ExpressionProps {
  readonly isDefault: boolean;
  readonly text: string;
  /** What the server said of this text when it was to be kept. */
  readonly refusal: string | null;
  readonly onText: (text: string) => void;
  readonly onRun: () => void;
}

function Expression({ isDefault, text, refusal, onText, onRun }: ExpressionProps): ReactNode {
  const words = useFilterWords(TRACES_PLACE.range);
  const live = useFilterCheck(text);
  return (
    <div className="form-field">
      <span className="form-label">Filter expression</span>
      {isDefault ? (
        <p className="form-hint">The Default group always has every trace.</p>
      ) : (
        <div className="filter-input">
          <IconFilter size={15} className="field-icon" aria-hidden />
          <Suspense fallback={<Bone width="100%" height={32} />}>
            <FilterEditor
              text={text}
              hint={HINT}
              words={words}
              problem={live}
              focused={false}
              onText={onText}
              onRun={onRun}
            />
          </Suspense>
        </div>
      )}
      {refusal === null ? null : <Refusal filter={text} message={refusal} />}
      {isDefault ? null : (
        <p className="form-hint">
          Empty: every trace. It is applied when you ask, so a change counts for old traces too.
        </p>
      )}
    </div>
  );
}

interface InsightsProps {
  readonly insights: boolean;
  readonly notifies: boolean;
  readonly problem: string | null;
  readonly onInsights: (on: boolean) => void;
  readonly onNotifies: (on: boolean) => void;
}

function Insights({ insights, notifies, problem, onInsights, onNotifies }: InsightsProps): ReactNode {
  return (
    <div className="form-field">
      <span className="form-label">Insights</span>
      <Check
        label="Insights"
        checked={insights}
        onChange={onInsights}
        testId="group-insights"
        hint="Kept and answered as in X-Ray."
      />
      <Check label="Notifications" checked={insights && notifies} disabled={!insights} onChange={onNotifies} />
      {problem === null ? null : <p className="form-problem">{problem}</p>}
    </div>
  );
}
