import type { ReactNode } from 'react';

interface SectionHeadProps {
  readonly title: string;
  readonly lead: ReactNode;
  readonly children?: ReactNode;
}

export function SectionHead({ title, lead, children }: SectionHeadProps): ReactNode {
  return (
    <header className="settings-head">
      <div>
        <h1>{title}</h1>
        <p>{lead}</p>
      </div>
      {children}
    </header>
  );
}
