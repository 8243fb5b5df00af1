import { type ComponentType, lazy, type ReactNode } from 'react';

export interface LoadedPage<Props extends object> {
  readonly Page: (props: Props) => ReactNode;
  /** Fetches its program, once; again after a failure. */
  readonly load: () => Promise<void>;
}

/**
 * A page that is a file of its own. Once that is here it is drawn at once: React's `lazy` shows what stands in for it even then, and
 * keeps that for 300 ms.
 */
export function pageOf<Props extends object>(fetchPage: () => Promise<ComponentType<Props>>): LoadedPage<Props> {
  let known: ComponentType<Props> | null = null;
  async function fetchKnown(): Promise<{ default: ComponentType<Props> }> {
    known ??= await fetchPage();
    return { default: known };
  }
  const Late: ComponentType<Props> = lazy(fetchKnown);
  return {
    Page: (props) => {
      const Shown = known ?? Late;
      return <Shown {...props} />;
    },
    load: async () => {
      await fetchKnown();
    },
  };
}
