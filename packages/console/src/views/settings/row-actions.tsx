import { IconCopyPlus, IconPencil, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { settingsPlace } from '../../url/place.ts';
import { PlaceLink } from '../../url/place-link.tsx';
import type { SettingsSection } from '../../url/settings-place.ts';

interface RowActionsProps {
  readonly section: SettingsSection;
  readonly name: string;
  readonly allowed: boolean;
  /** Null: it cannot be deleted. */
  readonly onDelete: (() => void) | null;
}

export function RowActions({ section, name, allowed, onDelete }: RowActionsProps): ReactNode {
  if (!allowed) return null;
  return (
    <div className="row-actions">
      <PlaceLink
        to={settingsPlace(section, { how: 'edit', name })}
        className="btn btn-quiet btn-small btn-icon"
        testId={`edit-${name}`}
        title={`Edit ${name}`}
      >
        <IconPencil size={15} aria-hidden />
        <span className="sr-only">Edit {name}</span>
      </PlaceLink>
      <PlaceLink
        to={settingsPlace(section, { how: 'copy', name })}
        className="btn btn-quiet btn-small btn-icon"
        testId={`copy-${name}`}
        title={`New one like ${name}`}
      >
        <IconCopyPlus size={15} aria-hidden />
        <span className="sr-only">New one like {name}</span>
      </PlaceLink>
      {onDelete === null ? null : (
        <button
          type="button"
          className="btn btn-quiet btn-small btn-icon"
          aria-label={`Delete ${name}`}
          title={`Delete ${name}`}
          data-testid={`delete-${name}`}
          onClick={onDelete}
        >
          <IconTrash size={15} />
        </button>
      )}
    </div>
  );
}
