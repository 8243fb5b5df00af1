import '../../theme/settings.css';
import {
  IconFilterCog,
  IconHeartbeat,
  IconKey,
  IconListSearch,
  IconLock,
  IconPercentage,
  IconShieldLock,
} from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { settingsPlace, type SettingsPlace } from '../../url/place.ts';
import { PlaceLink } from '../../url/place-link.tsx';
import type { SettingsSection } from '../../url/settings-place.ts';
import { Boundary } from '../../widgets/boundary.tsx';
import { EncryptionSection } from './encryption-section.tsx';
import { GroupsSection } from './groups-section.tsx';
import { HealthSection } from './health-section.tsx';
import { IndexingSection } from './indexing-section.tsx';
import { KeysSection } from './keys-section.tsx';
import { PoliciesSection } from './policies-section.tsx';
import { SamplingSection } from './sampling-section.tsx';

const SECTIONS: readonly (readonly [SettingsSection, string, typeof IconKey])[] = [
  ['groups', 'Groups', IconFilterCog],
  ['sampling', 'Sampling', IconPercentage],
  ['indexing', 'Indexing', IconListSearch],
  ['encryption', 'Encryption', IconLock],
  ['keys', 'Keys', IconKey],
  ['policies', 'Policies', IconShieldLock],
  ['health', 'Health & trust', IconHeartbeat],
];

export function SettingsPage({ place }: { readonly place: SettingsPlace }): ReactNode {
  const [, title] = SECTIONS.find(([section]) => section === place.section) ?? [];
  const nav = useRef<HTMLElement>(null);
  // On a phone there are more sections than fit beside each other.
  useEffect(() => {
    const link = nav.current?.querySelector(`[data-testid="settings-${place.section}"]`);
    link?.scrollIntoView({ inline: 'center', block: 'nearest' });
  }, [place.section]);
  return (
    <div className="settings">
      <nav ref={nav} className="settings-nav" aria-label="Settings">
        {SECTIONS.map(([section, label, Icon]) => (
          <PlaceLink
            key={section}
            to={settingsPlace(section)}
            current={place.section === section}
            testId={`settings-${section}`}
          >
            <Icon size={16} stroke={1.7} aria-hidden />
            {label}
          </PlaceLink>
        ))}
      </nav>
      <div className="settings-body" role="region" aria-label={title} tabIndex={0}>
        <Boundary key={place.section}>
          <Section place={place} />
        </Boundary>
      </div>
    </div>
  );
}

function Section({ place: { section, open } }: { readonly place: SettingsPlace }): ReactNode {
  switch (section) {
    case 'groups':
      return <GroupsSection open={open} />;
    case 'sampling':
      return <SamplingSection open={open} />;
    case 'indexing':
      return <IndexingSection />;
    case 'encryption':
      return <EncryptionSection />;
    case 'keys':
      return <KeysSection />;
    case 'policies':
      return <PoliciesSection open={open} />;
    case 'health':
      return <HealthSection />;
    default:
      return section satisfies never;
  }
}
