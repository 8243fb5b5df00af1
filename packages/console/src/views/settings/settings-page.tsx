import '../../theme/settings.css';
import { IconFilterCog, IconHeartbeat, IconKey, IconLock, IconPercentage } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { settingsPlace, type SettingsPlace } from '../../url/place.ts';
import { PlaceLink } from '../../url/place-link.tsx';
import type { SettingsSection } from '../../url/settings-place.ts';
import { Boundary } from '../../widgets/boundary.tsx';
import { EncryptionSection } from './encryption-section.tsx';
import { GroupsSection } from './groups-section.tsx';
import { HealthSection } from './health-section.tsx';
import { KeysSection } from './keys-section.tsx';
import { SamplingSection } from './sampling-section.tsx';

const SECTIONS: readonly (readonly [SettingsSection, string, typeof IconKey])[] = [
  ['groups', 'Groups', IconFilterCog],
  ['sampling', 'Sampling', IconPercentage],
  ['encryption', 'Encryption', IconLock],
  ['keys', 'Keys', IconKey],
  ['health', 'Health & trust', IconHeartbeat],
];

export function SettingsPage({ place }: { readonly place: SettingsPlace }): ReactNode {
  const [, title] = SECTIONS.find(([section]) => section === place.section) ?? [];
  return (
    <div className="settings">
      <nav className="settings-nav" aria-label="Settings">
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
    case 'encryption':
      return <EncryptionSection />;
    case 'keys':
      return <KeysSection />;
    case 'health':
      return <HealthSection />;
    default:
      return section satisfies never;
  }
}
