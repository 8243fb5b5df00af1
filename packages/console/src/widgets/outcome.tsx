import type { Outcome } from '@fluoroscope/model';
import { IconAlertTriangle, IconBan, IconCheck, IconClockPause, IconLoader } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { OUTCOME_LABEL } from '../map/shares.ts';

const ICON = { ok: IconCheck, error: IconBan, throttle: IconClockPause, fault: IconAlertTriangle, pending: IconLoader };

export function OutcomeIcon({ outcome, size = 13 }: { readonly outcome: Outcome; readonly size?: number }): ReactNode {
  const Icon = ICON[outcome];
  return <Icon size={size} stroke={2.2} aria-hidden />;
}

/** Colour, shape and word together: none of them alone carries the meaning. */
export function OutcomeTag({ outcome }: { readonly outcome: Outcome }): ReactNode {
  return (
    <span className={`tag o-${outcome}`}>
      <OutcomeIcon outcome={outcome} size={12} />
      {OUTCOME_LABEL[outcome]}
    </span>
  );
}

function statusOutcome(status: number): Outcome {
  if (status >= 500) return 'fault';
  if (status === 429) return 'throttle';
  return status >= 400 ? 'error' : 'ok';
}

export function HttpStatus({ status }: { readonly status: number | undefined }): ReactNode {
  if (status === undefined) return <span className="muted">–</span>;
  return <span className={`status o-${statusOutcome(status)}`}>{status}</span>;
}
