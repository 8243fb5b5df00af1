import type { MouseEvent, ReactNode } from 'react';
import { type Place, printPlace } from './place.ts';
import { go } from './use-place.ts';

interface PlaceLinkProps {
  readonly to: Place;
  readonly children: ReactNode;
  readonly className?: string;
  readonly testId?: string;
  readonly current?: boolean;
  readonly title?: string;
}

/** A real link, so that middle click, copy and new tab work; a plain click stays in the page. */
export function PlaceLink({ to, children, className, testId, current, title }: PlaceLinkProps): ReactNode {
  function onClick(event: MouseEvent): void {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  }
  return (
    <a
      href={printPlace(to)}
      onClick={onClick}
      className={className}
      data-testid={testId}
      title={title}
      aria-current={current === true ? 'page' : undefined}
    >
      {children}
    </a>
  );
}
