import type { DifferenceField, FieldDifference, SetDifferences, SidedCount, ValueDifference } from '@fluoroscope/api';
import { type ReactNode, useState } from 'react';
import { describeValue, formatPoints, sortFields } from '../../differences/describe.ts';
import { formatCount, formatCountOf, formatShare } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import { fieldLabel } from '../traces/field-label.ts';
import { ValueMenu } from './chosen-menu.tsx';
import type { SetActions } from './set-actions.ts';

/** Of each field, until more are asked for. */
const VALUES_SHOWN = 3;
/** Fields that differ; more wait for a click. */
const FIELDS_SHOWN = 8;

interface DifferencesTableProps {
  readonly answer: SetDifferences;
  readonly actions: SetActions;
}

/** Fields by how much they tell the sets apart, the most first. */
export function DifferencesTable({ answer, actions }: DifferencesTableProps): ReactNode {
  const [all, setAll] = useState(false);
  const { telling, named, alike } = sortFields(answer.fields);
  const shown = all ? telling : telling.slice(0, FIELDS_SHOWN);
  const total: SidedCount = { a: answer.a.count, b: answer.b.count };
  return (
    <section className="differences" aria-labelledby="differences-title" data-testid="differences">
      <header className="part-head">
        <h2 id="differences-title">What differs</h2>
        <p className="muted">
          Values by how far their shares differ for certain (99.9 %): what a few traces do by chance does not come
          first.
        </p>
      </header>
      {telling.length === 0 ? (
        <p className="part-none" role="status">
          No field differs for certain: A and B are alike in all that was recorded, or too small to tell.
        </p>
      ) : (
        <FieldRows fields={shown} total={total} actions={actions} label="Fields that differ" />
      )}
      {shown.length === telling.length ? null : (
        <button type="button" className="btn btn-small part-more" onClick={() => setAll(true)}>
          {formatCount(telling.length - shown.length)} more fields that differ
        </button>
      )}
      {named.length === 0 ? null : (
        <details className="part-fold">
          <summary>{formatCountOf(named.length, 'field')} that the filters are about</summary>
          <FieldRows fields={named} total={total} actions={actions} label="Fields that the filters are about" />
        </details>
      )}
      {alike.length === 0 ? null : (
        <details className="part-fold">
          <summary>{formatCountOf(alike.length, 'field')} without a certain difference</summary>
          <FieldRows fields={alike} total={total} actions={actions} label="Fields without a certain difference" />
        </details>
      )}
      {answer.uncountedAnnotations.a + answer.uncountedAnnotations.b === 0 ? null : (
        <p className="muted part-note">
          There are more annotation keys than are counted; {formatCount(answer.uncountedAnnotations.a)} traces of A and{' '}
          {formatCount(answer.uncountedAnnotations.b)} of B have others.
        </p>
      )}
    </section>
  );
}

interface FieldRowsProps {
  readonly fields: readonly FieldDifference[];
  readonly total: SidedCount;
  readonly actions: SetActions;
  readonly label: string;
}

function FieldRows({ fields, total, actions, label }: FieldRowsProps): ReactNode {
  return (
    <table className="differs" aria-label={label}>
      <thead>
        <tr>
          <th scope="col">Value</th>
          <th scope="col">Share of A and of B</th>
          <th scope="col" className="num" title="Share in A less share in B, in points of a hundred">
            Difference
          </th>
        </tr>
      </thead>
      {fields.map((field) => (
        <FieldBody key={field.field} {...{ field, total, actions }} />
      ))}
    </table>
  );
}

interface FieldBodyProps {
  readonly field: FieldDifference;
  readonly total: SidedCount;
  readonly actions: SetActions;
}

function FieldBody({ field, total, actions }: FieldBodyProps): ReactNode {
  const [open, setOpen] = useState(false);
  // Bands stand in their order, values already by how much they tell.
  const ranked = field.kind === 'bands' ? field.values.toSorted((x, y) => y.score - x.score) : field.values;
  const best = new Set(ranked.slice(0, VALUES_SHOWN));
  const shown = open ? field.values : field.values.filter((value) => best.has(value));
  const moreCount = field.values.length - shown.length;
  const uncounted = field.uncounted.a + field.uncounted.b;
  return (
    <tbody data-testid={`field-${field.field}`}>
      <tr className="field-row">
        <th scope="rowgroup" colSpan={3}>
          <span className="field-name">{visible(labelOf(field.field), 80)}</span>
          {field.field.startsWith('annotation.') ? <span className="muted"> annotation</span> : null}
          {moreCount === 0 && !open ? null : (
            <button type="button" className="link-button" aria-expanded={open} onClick={() => setOpen(!open)}>
              {open ? 'less' : `${formatCount(moreCount)} more`}
              <span className="sr-only"> values of {visible(labelOf(field.field), 80)}</span>
            </button>
          )}
        </th>
      </tr>
      {shown.map((value) => (
        <ValueRow key={JSON.stringify([value.value, value.band])} {...{ field: field.field, value, total, actions }} />
      ))}
      {open && (field.valueCount > field.values.length || uncounted > 0) ? (
        <tr>
          <td colSpan={3} className="muted">
            {formatCount(field.valueCount)} values were counted
            {uncounted === 0 ? '' : `; ${formatCount(uncounted)} traces have others`}
          </td>
        </tr>
      ) : null}
    </tbody>
  );
}

interface ValueRowProps {
  readonly field: DifferenceField;
  readonly value: ValueDifference;
  readonly total: SidedCount;
  readonly actions: SetActions;
}

function ValueRow({ field, value, total, actions }: ValueRowProps): ReactNode {
  const { filter, type, text } = value.value;
  const told = describeValue(field, value);
  const name = (
    <span className="clip">
      {told ?? <em className="muted">none</em>}
      {type === undefined ? null : <span className="muted group-type">{visible(type, 60)}</span>}
    </span>
  );
  return (
    <tr data-certain={value.score > 0}>
      <th scope="row">
        {filter === null ? (
          <span className="value-name">{name}</span>
        ) : (
          <ValueMenu filter={filter} actions={actions} className="value-name" testId={`value-${text ?? 'none'}`}>
            {name}
          </ValueMenu>
        )}
      </th>
      <td>
        <PairedBars a={value.a} b={value.b} total={total} />
      </td>
      <td
        className="num value-difference"
        title={`Between ${formatPoints(value.low)} and ${formatPoints(value.high)} points, with 99.9 % confidence`}
      >
        {formatPoints(value.difference)}
      </td>
    </tr>
  );
}

/** Shares of both sets, one below the other. */
export function PairedBars({ a, b, total }: SidedCount & { readonly total: SidedCount }): ReactNode {
  return (['a', 'b'] as const).map((side) => {
    const count = side === 'a' ? a : b;
    const share = count / Math.max(1, total[side]);
    return (
      <span
        key={side}
        className="paired-bar"
        data-set={side}
        title={`${formatCountOf(count, 'trace')} of ${side.toUpperCase()}`}
      >
        <span className="paired-track" aria-hidden>
          <span style={{ width: `${share * 100}%` }} />
        </span>
        <span className="num">
          <span className="sr-only">{side.toUpperCase()} </span>
          {formatShare(share)}
        </span>
      </span>
    );
  });
}

const LABEL: ReadonlyMap<DifferenceField, string> = new Map([
  ['failing', 'Services that failed'],
  ['responsetime', 'Response time'],
  ['duration', 'Duration'],
]);

function labelOf(field: DifferenceField): string {
  return LABEL.get(field) ?? fieldLabel(field);
}
