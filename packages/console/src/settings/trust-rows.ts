import type { TrustAnswer } from '@fluoroscope/api';

export interface TrustRow {
  readonly key: string;
  /** Null: what names no service, and services beyond the bound. */
  readonly name: string | null;
  /** Of documents that nobody can be said to have sent; null: of a service. */
  readonly channel: string | null;
  readonly receivedCount: number;
  readonly refusedCount: number;
  readonly droppedCount: number;
  /** Null: cannot be known. */
  readonly lateCount: number | null;
  /** Null: nothing of it is in recent traces. */
  readonly orphanCount: number | null;
  readonly recentCount: number;
}

/** Services, then what belongs to none: together all that was received, refused and dropped. */
export function trustRows({ services, unknown }: Pick<TrustAnswer, 'services' | 'unknown'>): readonly TrustRow[] {
  return [
    ...services.map((service) => ({
      ...service,
      key: service.name === null ? 'others' : `service ${service.name}`,
      channel: null,
      orphanCount: service.recentCount === 0 ? null : service.orphanCount,
    })),
    ...unknown.map((counts) => ({
      ...counts,
      key: `unknown ${counts.channel}`,
      name: null,
      lateCount: null,
      orphanCount: null,
      recentCount: 0,
    })),
  ];
}

/** As many as there is room for, in the same order: those with losses before others, and never without what has no service. */
export function mostTelling(rows: readonly TrustRow[], rowsMax: number): readonly TrustRow[] {
  const named = rows.filter(({ name }) => name !== null);
  const lossOf = ({ refusedCount, droppedCount }: TrustRow): number => refusedCount + droppedCount;
  const chosen = new Set(named.toSorted((a, b) => lossOf(b) - lossOf(a)).slice(0, rowsMax));
  return rows.filter((row) => row.name === null || chosen.has(row));
}
