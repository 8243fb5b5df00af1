import { ANALYTICS_PLACE, MAP_PLACE, type Place, TRACES_PLACE, tracePlace } from './place.ts';
import { parseTraceIdAnySpelling } from '@fluoroscope/model';
import { DEFAULT_RANGE, type Range, RANGE_SECONDS_MAX } from './range.ts';

/**
 * A link of X-Ray's own console, of whatever host and path, by what stands after `#` (XRAY-SPEC §12):
 *
 *   link  = "#/service-map" [query] / "#/traces" [query] / "#/analytics" [query]
 *         / "#/traces/" id ["/raw"] / "#/welcome" / "#/getting-started"
 *   query = "?" with timeRange = "PT" [n "H"] [n "M"] [n "S"] / ISO "~" ISO      ; UTC where no zone is said
 *           and filter, percent-encoded
 *
 * Null for any other. A longer range than ours is cut to the part that ends with it.
 */
export function readXrayLink(hash: string): Place | null {
  const [, path = '', search = ''] = /^#\/([^?]*)\??(.*)$/s.exec(hash) ?? [];
  const query = new URLSearchParams(search);
  const range = readTimeRange(query.get('timeRange'));
  const filter = query.get('filter') ?? '';
  switch (path) {
    case 'welcome':
    case 'getting-started':
      return MAP_PLACE;
    case 'service-map':
      return { ...MAP_PLACE, range };
    case 'traces':
      return { ...TRACES_PLACE, range, filter };
    case 'analytics':
      return { ...ANALYTICS_PLACE, range, within: filter };
    default:
      return readTrace(path);
  }
}

function readTrace(path: string): Place | null {
  const [, text = '', view] = /^traces\/([^/]+)(?:\/(raw))?$/.exec(path) ?? [];
  const id = parseTraceIdAnySpelling(text);
  if (!id.ok) return null;
  return { ...tracePlace(id.value), view: view === undefined ? 'timeline' : 'raw' };
}

function readTimeRange(text: string | null): Range {
  const last = /^PT(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?$/.exec(text ?? '');
  if (last !== null) {
    const [hours, minutes, seconds] = [last[1], last[2], last[3]].map((part) => Number(part ?? 0));
    const all = (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
    return all > 0 ? { kind: 'last', seconds: Math.min(all, RANGE_SECONDS_MAX) } : DEFAULT_RANGE;
  }
  const [start = Number.NaN, end = Number.NaN] = (text ?? '').split('~').map(readTime);
  return end > start ? { kind: 'fixed', startS: Math.max(start, end - RANGE_SECONDS_MAX), endS: end } : DEFAULT_RANGE;
}

/** Seconds since 1970. */
function readTime(text: string): number {
  const hasZone = /(?:Z|[+-]\d\d:?\d\d)$/i.test(text);
  return Date.parse(hasZone || !text.includes('T') ? text : `${text}Z`) / 1000;
}
