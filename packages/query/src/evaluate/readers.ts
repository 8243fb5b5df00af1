import type { HttpBlock } from '@fluoroscope/model';
import type { SegmentFields } from '../indexer/entity.ts';
import type { CauseItem } from './cause-items.ts';
import type { KeywordReaders } from './match-keyword.ts';
import type { Seen, WholeTrace } from './whole-trace.ts';

/** Outside braces: what the trace's row has (XRAY-SPEC §7.2), of the entry point but where any segment counts. */
export const OF_TRACE: KeywordReaders<WholeTrace> = {
  booleans: {
    ok: (trace) => {
      const { entry, throttle, partial } = trace.totals();
      return !(entry?.fault || entry?.error || throttle || partial);
    },
    fault: ({ totals }) => totals().entry?.fault === true,
    error: ({ totals }) => totals().entry?.error === true,
    throttle: ({ totals }) => totals().throttle,
    partial: ({ totals }) => totals().partial,
    inferred: ({ totals }) => totals().inferred,
  },
  numbers: {
    responsetime: ({ totals }) => {
      const { entry } = totals();
      return entry === null || entry.outcome === 'pending' ? null : entry.endUs - entry.startUs;
    },
    duration: ({ totals }) => totals().endUs - totals().startUs,
    'http.status': (trace) => segmentOf(trace)?.httpStatus ?? null,
  },
  texts: {
    'http.url': (trace) => listed(segmentOf(trace)?.httpUrl),
    'http.method': (trace) => listed(segmentOf(trace)?.httpMethod),
    'http.useragent': (trace) => listed(segmentOf(trace)?.userAgent),
    'http.clientip': (trace) => listed(segmentOf(trace)?.clientIp),
    user: (trace) => ofSegments(trace, ({ user }) => listed(user)),
    availabilityzone: (trace) => ofSegments(trace, ({ zones }) => zones),
    'instance.id': (trace) => ofSegments(trace, ({ instanceId }) => listed(instanceId)),
    'resource.arn': (trace) => ofSegments(trace, ({ resourceArn }) => listed(resourceArn)),
    'account.id': ({ segments }) => segments.flatMap(({ service }) => listed(service.accountId)),
  },
};

/** Inside `service{…}` and `edge{…}`. */
export const OF_SEEN: KeywordReaders<Seen> = {
  booleans: {
    ok: ({ fault, error, throttle, partial }) => !(fault || error || throttle || partial),
    fault: ({ fault }) => fault,
    error: ({ error }) => error,
    throttle: ({ throttle }) => throttle,
    partial: ({ partial }) => partial,
    inferred: ({ inferred }) => inferred,
    root: ({ root }) => root,
  },
  numbers: {
    responsetime: ({ responseTimeUs }) => responseTimeUs,
    duration: ({ durationUs }) => durationUs,
    'http.status': ({ http }) => http?.response?.status ?? null,
  },
  texts: {
    'http.url': ({ http }) => listed(requestOf(http).url),
    'http.method': ({ http }) => listed(requestOf(http).method),
    'http.useragent': ({ http }) => listed(requestOf(http).user_agent),
    'http.clientip': ({ http }) => listed(requestOf(http).client_ip),
    user: ({ user }) => listed(user),
  },
};

/** Inside `rootcause.…{…}`. */
export const OF_CAUSE: KeywordReaders<CauseItem> = {
  booleans: {
    first: ({ index }) => index === 0,
    last: ({ index, count }) => index === count - 1,
    remote: ({ remote }) => remote,
    inferred: ({ inferred }) => inferred,
    root: ({ root }) => root,
  },
  numbers: {
    index: ({ index }) => index,
    coverage: ({ coverage }) => coverage,
  },
  texts: {
    name: ({ name }) => listed(name),
    type: ({ type }) => listed(type),
    'account.id': ({ accountId }) => listed(accountId),
    message: ({ message }) => listed(message),
  },
};

function segmentOf({ totals }: WholeTrace): SegmentFields | null {
  return totals().entry?.segment ?? null;
}

function ofSegments({ segments }: WholeTrace, read: (segment: SegmentFields) => readonly string[]): readonly string[] {
  return segments.flatMap(({ entity }) => (entity?.segment ? read(entity.segment) : []));
}

function requestOf(http: HttpBlock | undefined): NonNullable<HttpBlock['request']> {
  return http?.request ?? {};
}

function listed(text: string | null | undefined): readonly string[] {
  return text === null || text === undefined ? [] : [text];
}
