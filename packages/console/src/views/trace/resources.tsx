import type { JsonObject } from '@fluoroscope/model';
import type { ReactNode } from 'react';
import { logGroupsOf } from '../../trace/log-groups.ts';
import { visible } from '../../text/visible.ts';
import { CopyButton } from '../../widgets/copy-button.tsx';
import { Pairs } from './pairs.tsx';

/** The aws block; log groups first, apart from the rest. What cannot be read as log groups stays as it was sent. */
export function Resources({ value }: { readonly value: JsonObject }): ReactNode {
  const groups = logGroupsOf(value['cloudwatch_logs']);
  const { cloudwatch_logs: _logs, ...rest } = value;
  return (
    <>
      {groups.length === 0 ? null : (
        <section className="panel-part log-groups" aria-label="Log groups" data-testid="log-groups">
          <h3>Log groups</h3>
          <dl className="pairs">
            {groups.map(({ name, arn }) => (
              <div key={`${name} ${arn ?? ''}`}>
                <dt>{name === '' ? 'Unnamed' : <Copied text={name} label="Copy the name" />}</dt>
                <dd>{arn === null ? '–' : <Copied text={arn} label="Copy the ARN" />}</dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      <Pairs value={groups.length === 0 ? value : rest} />
    </>
  );
}

function Copied({ text, label }: { readonly text: string; readonly label: string }): ReactNode {
  return (
    <span className="with-copy mono">
      {visible(text, 600)}
      <CopyButton text={() => text} label={label} />
    </span>
  );
}
