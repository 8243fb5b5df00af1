import { IconPlugConnectedX } from '@tabler/icons-react';
import type { ReactNode } from 'react';

interface StateProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly children?: ReactNode;
  readonly bad?: boolean;
  readonly testId?: string;
}

/** What stands in the middle of an area that has nothing to show. */
export function State({ icon, title, children, bad = false, testId }: StateProps): ReactNode {
  return (
    <div className={`state ${bad ? 'state-bad' : ''}`} role={bad ? 'alert' : 'status'} data-testid={testId}>
      <div className="state-art">{icon}</div>
      <h2>{title}</h2>
      {children}
    </div>
  );
}

interface FailureProps {
  readonly title: string;
  readonly error: Error | null;
  readonly retry: () => void;
}

export function Failure({ title, error, retry }: FailureProps): ReactNode {
  return (
    <State icon={<IconPlugConnectedX size={24} stroke={1.6} />} title={title} bad testId="failure">
      <p>{error?.message ?? 'Something went wrong.'}</p>
      <button type="button" className="btn" onClick={retry}>
        Try again
      </button>
    </State>
  );
}

export function Bone({ width, height }: { readonly width: number | string; readonly height: number }): ReactNode {
  return <div className="bone" style={{ width, height }} aria-hidden />;
}
