import type { Http, TraceSummary, ValueWithServiceIds, WireAnnotationValue, ServiceId } from '@fluoroscope/api';
import { secondsFromUs, type AnnotationValue } from '@fluoroscope/model';
import type { TraceRow } from '@fluoroscope/store';
import { toServiceId } from '../service-graph/services.ts';

/** A row as GetTraceSummaries prints it (XRAY-SPEC §7.2). Grafana needs `Http` even when nothing is known. */
export function toTraceSummary(row: TraceRow): TraceSummary {
  const serviceIds = row.services.map(toServiceId);
  const idsOf = createIdsOf(serviceIds);
  const entryPoint = row.entryPoint === null ? undefined : serviceIds[row.entryPoint];
  return {
    Id: row.traceId,
    StartTime: secondsFromUs(row.startUs),
    Duration: secondsFromUs(row.endUs - row.startUs),
    ...(row.responseTimeUs !== null && { ResponseTime: secondsFromUs(row.responseTimeUs) }),
    HasFault: row.fault,
    HasError: row.error,
    HasThrottle: row.throttle,
    IsPartial: row.partial,
    Http: toHttp(row),
    Annotations: toAnnotations(row, idsOf),
    Users: row.users.map(({ name, services }) => ({ UserName: name, ServiceIds: idsOf(services) })),
    ServiceIds: serviceIds,
    ResourceARNs: row.resourceArns.map((arn) => ({ ARN: arn })),
    InstanceIds: row.instanceIds.map((id) => ({ Id: id })),
    AvailabilityZones: row.availabilityZones.map((name) => ({ Name: name })),
    ...(entryPoint !== undefined && { EntryPoint: entryPoint }),
    Revision: row.revision,
  };
}

/** Ids at these places. A row with hundreds of annotations has few lists, which stores share between them. */
function createIdsOf(serviceIds: readonly ServiceId[]): (places: readonly number[]) => ServiceId[] {
  const idsAt = new Map<readonly number[], ServiceId[]>();
  return (places) => {
    const known = idsAt.get(places);
    if (known !== undefined) return known;
    const ids = serviceIds.filter((_id, at) => places.includes(at));
    idsAt.set(places, ids);
    return ids;
  };
}

function toHttp({ httpUrl, httpStatus, httpMethod, userAgent, clientIp }: TraceRow): Http {
  return {
    ...(httpUrl !== null && { HttpURL: httpUrl }),
    ...(httpStatus !== null && { HttpStatus: httpStatus }),
    ...(httpMethod !== null && { HttpMethod: httpMethod }),
    ...(userAgent !== null && { UserAgent: userAgent }),
    ...(clientIp !== null && { ClientIp: clientIp }),
  };
}

/** Keys are users' words: a Map first, so that `__proto__` is a key like any other. */
function toAnnotations(
  { annotations }: TraceRow,
  idsOf: (places: readonly number[]) => ServiceId[],
): Record<string, ValueWithServiceIds[]> {
  const byKey = new Map<string, ValueWithServiceIds[]>();
  for (const { key, value, services } of annotations) {
    const values = byKey.get(key) ?? [];
    values.push({ AnnotationValue: toWireValue(value), ServiceIds: idsOf(services) });
    byKey.set(key, values);
  }
  return Object.fromEntries(byKey);
}

function toWireValue(value: AnnotationValue): WireAnnotationValue {
  if (typeof value === 'string') return { StringValue: value };
  return typeof value === 'number' ? { NumberValue: value } : { BooleanValue: value };
}
