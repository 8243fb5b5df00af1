import { Menu } from '@mantine/core';
import { IconBulb } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { type Chosen, negated } from '../../differences/sets.ts';
import { go } from '../../url/use-place.ts';
import type { SetActions } from './set-actions.ts';

interface ChosenProps {
  readonly chosen: Chosen;
  readonly actions: SetActions;
}

/** Of a part of a chart. */
export function ChosenButtons({ chosen, actions, onDone }: ChosenProps & { readonly onDone: () => void }): ReactNode {
  const run = (action: () => void) => () => {
    action();
    onDone();
  };
  return (
    <>
      <button
        type="button"
        className="btn btn-small btn-primary"
        data-testid="explain"
        title="A becomes these, B the rest"
        onClick={run(() => actions.explain(chosen))}
      >
        <IconBulb size={14} aria-hidden /> Explain these
      </button>
      {(['a', 'b'] as const).map((side) => (
        <button
          key={side}
          type="button"
          className="btn btn-small"
          data-testid={`only-${side}`}
          onClick={run(() => actions.narrow(side, chosen))}
        >
          Only these in {side.toUpperCase()}
        </button>
      ))}
      <button type="button" className="link-button" onClick={onDone}>
        Clear
      </button>
    </>
  );
}

interface ValueMenuProps {
  readonly filter: string;
  readonly actions: SetActions;
  readonly className: string;
  readonly testId: string;
  readonly children: ReactNode;
}

/** Of a value or a root cause: its name opens what can be done with it. */
export function ValueMenu({ filter, actions, className, testId, children }: ValueMenuProps): ReactNode {
  const chosen: Chosen = { filter, time: null };
  const lists = (['a', 'b'] as const).flatMap((side) => {
    const list = actions.list(side, filter);
    return list === null ? [] : [{ side, list }];
  });
  return (
    <Menu position="bottom-start" withinPortal>
      <Menu.Target>
        <button type="button" className={className} data-testid={testId}>
          {children}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item data-testid="menu-explain" onClick={() => actions.explain(chosen)}>
          Explain these: A is these, B the rest
        </Menu.Item>
        <Menu.Item data-testid="menu-a" onClick={() => actions.narrow('a', chosen)}>
          Add to A
        </Menu.Item>
        <Menu.Item data-testid="menu-b" onClick={() => actions.narrow('b', chosen)}>
          Add to B
        </Menu.Item>
        <Menu.Item data-testid="menu-only" onClick={() => actions.within(filter)}>
          Only these, in both
        </Menu.Item>
        <Menu.Item data-testid="menu-not" onClick={() => actions.within(negated(filter))}>
          None of these, in both
        </Menu.Item>
        {lists.map(({ side, list }) => (
          <Menu.Item key={side} data-testid={`menu-list-${side}`} onClick={() => go(list)}>
            Open those of {side.toUpperCase()}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
