import { IconCircleCheck, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { TRACES_PLACE } from '../../url/place.ts';
import { PlaceLink } from '../../url/place-link.tsx';

/** Where the page itself gives way to what came: says that it did, until it is closed. */
export function ArrivedStrip({ onClose }: { readonly onClose: () => void }): ReactNode {
  return (
    <div className="strip strip-arrived" role="status" data-testid="arrived">
      <span className="strip-title">
        <IconCircleCheck size={15} aria-hidden /> It arrived
      </span>
      <span>The map grows with every new caller and service.</span>
      <PlaceLink to={TRACES_PLACE}>Show the traces</PlaceLink>
      <button
        type="button"
        className="btn btn-quiet btn-small btn-icon strip-close"
        aria-label="Close"
        data-testid="arrived-close"
        onClick={onClose}
      >
        <IconX size={14} />
      </button>
    </div>
  );
}
