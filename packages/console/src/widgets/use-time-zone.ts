import { useSyncExternalStore } from 'react';
import { onTimeZone, type TimeZone, timeZone } from '../text/time-zone.ts';

export function useTimeZone(): TimeZone {
  return useSyncExternalStore(onTimeZone, timeZone);
}
