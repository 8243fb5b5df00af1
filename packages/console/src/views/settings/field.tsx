import { type ReactNode, useId } from 'react';

interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  /** What the server said of this field. */
  readonly problem?: string | null;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly mono?: boolean;
  readonly disabled?: boolean;
  readonly unit?: string;
  readonly offers?: readonly string[];
  readonly testId?: string;
  readonly charsMax?: number;
  readonly number?: boolean;
  readonly autoFocus?: boolean;
}

export function Field(props: FieldProps): ReactNode {
  const { label, hint, problem = null, value, onChange, mono = false, disabled = false, unit, offers, testId } = props;
  const id = useId();
  const told = [hint === undefined ? '' : `${id}-hint`, problem === null ? '' : `${id}-problem`].join(' ').trim();
  return (
    <div className="form-field">
      <label htmlFor={id}>{label}</label>
      <div className="form-input">
        <input
          id={id}
          className={`field ${mono ? 'mono' : ''}`}
          value={value}
          disabled={disabled}
          inputMode={props.number === true ? 'decimal' : undefined}
          maxLength={props.charsMax}
          spellCheck={false}
          autoComplete="off"
          list={offers === undefined ? undefined : `${id}-offers`}
          aria-invalid={problem !== null}
          aria-describedby={told === '' ? undefined : told}
          data-testid={testId}
          autoFocus={props.autoFocus}
          onChange={(event) => onChange(event.target.value)}
        />
        {unit === undefined ? null : <span className="form-unit">{unit}</span>}
      </div>
      {offers === undefined ? null : (
        <datalist id={`${id}-offers`}>
          {offers.map((offer) => (
            <option key={offer} value={offer} />
          ))}
        </datalist>
      )}
      {hint === undefined ? null : (
        <p className="form-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {problem === null ? null : (
        <p className="form-problem" id={`${id}-problem`} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

interface CheckProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly testId?: string;
}

export function Check({ label, hint, checked, disabled = false, onChange, testId }: CheckProps): ReactNode {
  return (
    <label className="form-check">
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        data-testid={testId}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>
        {label}
        {hint === undefined ? null : <span className="form-hint">{hint}</span>}
      </span>
    </label>
  );
}
