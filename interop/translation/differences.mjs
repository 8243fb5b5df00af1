// What is meant to be different, with the reasons that packages/model/src/translate/otlp/README.md gives. Each changes what the Collector's
// components made into what ours must be, or takes away on our side what there is beyond it.

const CONSUMER = 5;

/** By `differs` of a case in spans.mjs, which says what is ours. */
export const CASES = new Set([
  'the newer conventions count everywhere',
  'a PRODUCER calls its topic',
  'a URL needs more than a host',
  'a number may be text',
  'stack traces are read to the letter',
  'a failed try of an AWS call is told plainly',
]);

/** Of documents: `service` for the segment around a local root. */
export const OF_DOCUMENTS = {
  'ids that are made up follow from the span': (theirs, ours) => {
    for (const { cause } of [theirs, ours]) numberExceptions(cause?.exceptions ?? []);
  },
  'attributes that fields were made of stay among the attributes, and so does the rest of the span': (theirs, ours) => {
    delete ours.metadata.otlp;
    for (const [own, other] of [
      [ours.annotations, theirs.annotations],
      [ours.metadata.default, theirs.metadata?.default],
    ]) {
      for (const key of Object.keys(own ?? {})) if (other?.[key] === undefined) delete own[key];
    }
  },
  'what is empty, false or not said is left out': (theirs) => {
    for (const flag of ['error', 'fault', 'throttle']) if (theirs[flag] === false) delete theirs[flag];
    if (theirs.http?.response?.content_length === 0) delete theirs.http.response.content_length;
    for (const one of theirs.cause?.exceptions ?? []) {
      if (one.remote === false) delete one.remote;
      for (const frame of one.stack ?? []) if (frame.line === 0) delete frame.line;
    }
    for (const key of ['http', 'aws', 'sql', 'cause', 'service']) dropEmpty(theirs[key]);
  },
  'labels have no space at their end': (theirs) => {
    const frames = (theirs.cause?.exceptions ?? []).flatMap(({ stack = [] }) => stack);
    for (const frame of frames) if (frame.label !== undefined) frame.label = frame.label.trim();
  },
  'no aws.xray without an SDK': (theirs) => {
    if (theirs.aws?.xray?.sdk === undefined) delete theirs.aws?.xray;
  },
  'names are always cleaned': (theirs) => {
    theirs.name = theirs.name.replaceAll(/[^\p{L}\p{N} _.:/%&#=+\\@-]/gu, '');
  },
  'a CONSUMER is a segment of its service': (theirs, _ours, { kind, attributes }) => {
    if (kind !== CONSUMER || attributes['aws.span.kind'] !== undefined) return;
    delete theirs.type;
    theirs.name = 'shop';
  },
  'origin, service and user are on segments alone': (theirs) => {
    if (theirs.type !== 'subsegment') return;
    for (const key of ['origin', 'service', 'user']) delete theirs[key];
  },
  'namespace is on subsegments alone': (theirs) => {
    if (theirs.type !== 'subsegment') delete theirs.namespace;
  },
  "rpc.method is the operation of AWS's calls only": (theirs, _ours, { attributes }) => {
    if (attributes['rpc.system'] === 'grpc') delete theirs.aws.operation;
  },
  'topics, functions and buckets are there too': (_theirs, ours) => {
    for (const key of ['topic_arn', 'function_name', 'bucket_name']) delete ours.aws?.[key];
  },
  'ECS is told wherever there is a task': (theirs, ours) => {
    if (theirs.aws?.ecs === undefined) delete ours.aws?.ecs;
  },
  'a span without end is open': (theirs) => {
    if (theirs.end_time !== 0) return;
    delete theirs.end_time;
    theirs.in_progress = true;
  },
  'the segment around a local root leaves annotations and cause to its call': (theirs, _ours, { isService }) => {
    if (!isService) return;
    for (const key of ['annotations', 'cause', 'metadata']) delete theirs[key];
  },
};

/** Of spans. */
export const OF_SPANS = {
  'HTTP attributes have their newer names': ({ attributes }) => {
    for (const [old, name] of NEWER_NAMES) {
      if (attributes[old] === undefined) continue;
      attributes[name] = name === 'http.response.body.size' ? Number(attributes[old]) : attributes[old];
      delete attributes[old];
    }
  },
  'nothing says unknown': ({ resource }) => {
    if (resource['cloud.provider'] === 'unknown') delete resource['cloud.provider'];
  },
  'a subsegment that was sent alone has no resource': (theirs, _ours, { document }) => {
    if (document.type === 'subsegment') theirs.resource = {};
  },
  'a segment is a SERVER': (theirs, _ours, { document }) => {
    if (theirs.spanId === document.id && document.type === undefined) theirs.kind = 2;
  },
  'flags and causes make an error, not the HTTP status alone': (theirs, _ours, { entity }) => {
    const { error, fault, cause } = entity;
    theirs.status.code = error || fault || cause !== undefined ? 2 : 0;
  },
  'languages have their names in OpenTelemetry, also where something was thrown': (
    { resource },
    _ours,
    { document },
  ) => {
    const language = / for (.*)$/.exec(document.aws?.xray?.sdk ?? '')?.[1];
    if (language !== undefined)
      resource['telemetry.sdk.language'] = language === 'Node.js' ? 'nodejs' : language.toLowerCase();
  },
  'frames are at LABEL(PATH:LINE)': ({ events }) => {
    for (const { attributes } of events) {
      const stack = attributes['exception.stacktrace'];
      if (stack === undefined) continue;
      attributes['exception.stacktrace'] = stack
        .replaceAll(/: (?:(\d+)|<unknown>)\)/g, (_all, line) => (line ? `:${line})` : ')'))
        .trimEnd();
    }
  },
  'what the receiver does not know is there': (theirs, ours) => {
    if (theirs.links.length === 0) ours.links = [];
    for (const part of ['attributes', 'resource']) {
      for (const key of Object.keys(ours[part])) if (theirs[part][key] === undefined) delete ours[part][key];
    }
  },
};

const NEWER_NAMES = [
  ['http.method', 'http.request.method'],
  ['http.url', 'url.full'],
  ['http.status_code', 'http.response.status_code'],
  ['http.user_agent', 'user_agent.original'],
  ['http.client_ip', 'client.address'],
  ['http.response_content_length', 'http.response.body.size'],
];

function numberExceptions(exceptions) {
  const names = new Map(exceptions.map(({ id }, at) => [id, `#${at}`]));
  for (const one of exceptions) {
    one.id = names.get(one.id);
    if (one.cause !== undefined) one.cause = names.get(one.cause);
  }
}

function dropEmpty(value) {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    dropEmpty(item);
    if (item === null || item === '') delete value[key];
  }
}
