/**
 * The settings: /settings/SECTION, and in the query
 *
 *   edit=NAME   the group, rule or policy that is open
 *   new[=NAME]  a new one is being written, as a copy of NAME
 */
export const SETTINGS_SECTIONS = [
  'groups',
  'sampling',
  'indexing',
  'encryption',
  'keys',
  'policies',
  'health',
] as const;
export type SettingsSection = (typeof SETTINGS_SECTIONS)[number];

export interface SettingsPlace {
  readonly page: 'settings';
  readonly section: SettingsSection;
  readonly open: Opened | null;
}

/** `copy`: a new one, like that of this name; empty: like none. */
export interface Opened {
  readonly how: 'edit' | 'copy';
  readonly name: string;
}

export function settingsPlace(section: SettingsSection, open: Opened | null = null): SettingsPlace {
  return { page: 'settings', section, open };
}

/** Null: there is no such section. */
export function readSettingsPlace(path: string, query: URLSearchParams): SettingsPlace | null {
  const section = path === '' ? 'groups' : SETTINGS_SECTIONS.find((name) => name === path);
  if (section === undefined) return null;
  const [edit, copy] = [query.get('edit'), query.get('new')];
  if (edit !== null) return settingsPlace(section, { how: 'edit', name: edit });
  return settingsPlace(section, copy === null ? null : { how: 'copy', name: copy });
}

export function printSettingsPlace({ section, open }: SettingsPlace, query: URLSearchParams): string {
  if (open !== null) query.set(open.how === 'edit' ? 'edit' : 'new', open.name);
  return `/settings/${section}?${query}`;
}
