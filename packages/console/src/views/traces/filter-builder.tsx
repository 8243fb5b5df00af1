import { Popover } from '@mantine/core';
import { IconAdjustmentsHorizontal, IconPlus, IconX } from '@tabler/icons-react';
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { andFilter, type Condition, printCondition, typeOfField } from '../../filter/builder.ts';
import type { Words } from '../../filter/complete.ts';
import { KEYWORD_BY_NAME, KEYWORDS, OPERATORS, type ValueType } from '../../filter/vocabulary.ts';
import { visible } from '../../text/visible.ts';

const FIRST: Condition = { field: 'service', operator: '=', value: '' };
const CONDITIONS_MAX = 12;
const SERVICE_OPERATORS = ['=', '!='];

interface FilterBuilderProps {
  readonly filter: string;
  readonly words: Words | null;
  readonly onRun: (filter: string) => void;
}

/** Writes an expression from conditions that are chosen, beside what is written already. */
export function FilterBuilder({ filter, words, onRun }: FilterBuilderProps): ReactNode {
  const [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" withinPortal trapFocus>
      <Popover.Target>
        <button
          type="button"
          className="btn"
          aria-label="Build a filter"
          data-testid="filter-builder"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          <IconAdjustmentsHorizontal size={15} aria-hidden />
          <span className="wide-only">Build</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <BuilderForm
          filter={filter}
          words={words}
          onRun={(next) => {
            setOpen(false);
            onRun(next);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

function BuilderForm({ filter, words, onRun }: FilterBuilderProps): ReactNode {
  const [conditions, setConditions] = useState<readonly Condition[]>([FIRST]);
  const [joint, setJoint] = useState<'AND' | 'OR'>('AND');
  const typeOf = (field: string): ValueType => typeOfField(field, (key) => annotationType(key, words));
  const terms = conditions
    .map((condition) => printCondition(condition, typeOf(condition.field)))
    .filter((it) => it !== '');
  const built = terms.join(` ${joint} `);
  const both = andFilter(filter, built);
  function change(at: number, next: Condition): void {
    const operators = operatorsOf(next.field, typeOf(next.field));
    const operator = operators.includes(next.operator) ? next.operator : (operators[0] ?? '=');
    setConditions(conditions.map((it, index) => (index === at ? { ...next, operator } : it)));
  }
  function submit(event: FormEvent): void {
    event.preventDefault();
    // The page's own form is around this one for React's events.
    event.stopPropagation();
    if (built !== '') onRun(both);
  }
  return (
    <form className="builder" onSubmit={submit} aria-label="Build a filter">
      <div className="builder-head">
        <h2>Traces that fulfil</h2>
        <span className="seg" role="group" aria-label="How conditions are joined">
          {(['AND', 'OR'] as const).map((word) => (
            <button key={word} type="button" aria-pressed={joint === word} onClick={() => setJoint(word)}>
              {word === 'AND' ? 'all' : 'any'}
            </button>
          ))}
        </span>
      </div>
      {conditions.map((condition, at) => (
        <ConditionRow
          // oxlint-disable-next-line react/no-array-index-key -- a line is its place
          key={at}
          condition={condition}
          type={typeOf(condition.field)}
          words={words}
          onChange={(next) => change(at, next)}
          onRemove={
            conditions.length === 1 ? null : () => setConditions(conditions.filter((_it, index) => index !== at))
          }
        />
      ))}
      <button
        type="button"
        className="btn btn-quiet btn-small builder-add"
        disabled={conditions.length >= CONDITIONS_MAX}
        onClick={() => setConditions([...conditions, FIRST])}
      >
        <IconPlus size={14} aria-hidden /> Condition
      </button>
      <output className="mono builder-text" data-testid="built-filter">
        {built === '' ? <span className="muted">Choose a value</span> : visible(both, 600)}
      </output>
      <div className="builder-foot">
        {filter.trim() === '' ? null : (
          <button type="button" className="btn" disabled={built === ''} onClick={() => onRun(built)}>
            Replace the filter
          </button>
        )}
        <button type="submit" className="btn btn-primary" disabled={built === ''} data-testid="builder-run">
          {filter.trim() === '' ? 'Run' : 'Add and run'}
        </button>
      </div>
    </form>
  );
}

interface ConditionRowProps {
  readonly condition: Condition;
  readonly type: ValueType;
  readonly words: Words | null;
  readonly onChange: (condition: Condition) => void;
  readonly onRemove: (() => void) | null;
}

function ConditionRow({ condition, type, words, onChange, onRemove }: ConditionRowProps): ReactNode {
  const { field, operator } = condition;
  return (
    <div className="builder-row">
      <select
        className="field"
        aria-label="Field"
        data-testid="builder-field"
        value={field}
        onChange={(event) => onChange({ ...condition, field: event.target.value, value: '' })}
      >
        <option value="service">service</option>
        <optgroup label="Trace">
          {KEYWORDS.filter(({ inBraces = false, name }) => !inBraces && !name.startsWith('group.')).map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </optgroup>
        <optgroup label="Annotations">
          {(words?.annotations ?? []).map(({ key }) => (
            <option key={key} value={`annotation.${key}`}>
              {visible(key, 60)}
            </option>
          ))}
        </optgroup>
      </select>
      <select
        className="field"
        aria-label="Operator"
        value={operator}
        onChange={(event) => onChange({ ...condition, operator: event.target.value })}
      >
        {operatorsOf(field, type).map((it) => (
          <option key={it}>{it}</option>
        ))}
      </select>
      <ValueField condition={condition} type={type} words={words} onChange={onChange} />
      {onRemove === null ? null : (
        <button type="button" className="btn btn-quiet btn-icon" aria-label="Remove this condition" onClick={onRemove}>
          <IconX size={14} />
        </button>
      )}
    </div>
  );
}

function ValueField({ condition, type, words, onChange }: Omit<ConditionRowProps, 'onRemove'>): ReactNode {
  const list = useId();
  const { field, value } = condition;
  if (type === 'boolean') {
    return (
      <select
        className="field"
        aria-label="Value"
        value={value === 'false' ? 'false' : 'true'}
        onChange={(event) => onChange({ ...condition, value: event.target.value })}
      >
        <option>true</option>
        <option>false</option>
      </select>
    );
  }
  return (
    <>
      <input
        className="field"
        aria-label="Value"
        data-testid="builder-value"
        list={list}
        inputMode={type === 'number' ? 'decimal' : 'text'}
        value={value}
        onChange={(event) => onChange({ ...condition, value: event.target.value })}
      />
      <datalist id={list}>
        {valuesOf(field, words).map((it) => (
          <option key={it} value={it} />
        ))}
      </datalist>
    </>
  );
}

function operatorsOf(field: string, type: ValueType): readonly string[] {
  return field === 'service' ? SERVICE_OPERATORS : OPERATORS[type];
}

function annotationType(key: string, words: Words | null): ValueType {
  const [value] = words?.annotations.find((it) => it.key === key)?.values ?? [];
  return typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'text';
}

function valuesOf(field: string, words: Words | null): readonly string[] {
  if (words === null) return [];
  if (field === 'service') return [...new Set(words.services.map(({ name }) => name))];
  const annotation = words.annotations.find(({ key }) => field === `annotation.${key}`);
  if (annotation !== undefined) return annotation.values.map(String);
  const list = KEYWORD_BY_NAME.get(field)?.words;
  return list === undefined ? [] : words.texts[list];
}
