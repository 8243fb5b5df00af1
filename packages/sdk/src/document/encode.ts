// Hot path: one document for each segment. Written by hand: what all segments share is printed once, and nothing is copied first.
import { getLogger } from '../logger.ts';
import { SegmentUtils } from '../segment-utils.ts';
import type { Entity } from './entity.ts';
import { keyText, objectText, quote, secondsText, valueText } from './json-text.ts';
import type { Segment } from './segment.ts';
import type { Subsegment } from './subsegment.ts';

/** Subsegments inside subsegments; what is deeper is left out of the document, and said so. Keeps recursion off the stack's end. */
export const LEVELS_MAX = 200;

/** A segment with what is in it. */
export function encodeSegment(segment: Segment): string {
  let text = `{"trace_id":${quote(segment.trace_id)},"id":${quote(segment.id)}`;
  if (segment.parent_id !== undefined) text += `,"parent_id":${quote(segment.parent_id)}`;
  if (segment.origin !== undefined) text += `,"origin":${quote(segment.origin)}`;
  if (segment.user !== undefined) text += `,"user":${quote(segment.user)}`;
  if (segment.resource_arn !== undefined) text += `,"resource_arn":${quote(segment.resource_arn)}`;
  if (segment.service !== undefined) text += `,"service":${serviceText(segment.service)}`;
  return `${text + awsText(segment)},${commonText(segment, 0)}}`;
}

/** A subsegment as a document of its own. */
export function encodeSubsegment(subsegment: Subsegment): string {
  let text = '{"type":"subsegment"';
  if (subsegment.segment !== undefined) text += `,"trace_id":${quote(subsegment.segment.trace_id)}`;
  if (subsegment.parent !== undefined) text += `,"parent_id":${quote(subsegment.parent.id)}`;
  return `${text},${subsegmentText(subsegment, 0)}}`;
}

/** A subsegment as it stands in its parent's document. */
export function encodeEmbedded(subsegment: Subsegment): string {
  return `{${subsegmentText(subsegment, 0)}}`;
}

function subsegmentText(subsegment: Subsegment, level: number): string {
  let text = `"id":${quote(subsegment.id)},`;
  if (subsegment.namespace !== undefined) text += `"namespace":${quote(subsegment.namespace)},`;
  if (subsegment.traced !== undefined) text += `"traced":${subsegment.traced ? 'true' : 'false'},`;
  if (subsegment.aws !== undefined) text += `"aws":${objectText(subsegment.aws)},`;
  if (subsegment.precursor_ids !== undefined) text += `"precursor_ids":${valueText(subsegment.precursor_ids)},`;
  return text + commonText(subsegment, level);
}

function commonText(entity: Entity, level: number): string {
  let text = `"name":${quote(entity.name)},"start_time":${secondsText(entity.start_time)}`;
  if (entity.end_time !== undefined) text += `,"end_time":${secondsText(entity.end_time)}`;
  else text += ',"in_progress":true';
  if (entity.fault === true) text += ',"fault":true';
  if (entity.error === true) text += ',"error":true';
  if (entity.throttle === true) text += ',"throttle":true';
  if (entity.http !== undefined) text += `,"http":${objectText(entity.http)}`;
  if (entity.sql !== undefined) text += `,"sql":${objectText(entity.sql)}`;
  if (entity.annotations !== undefined) text += `,"annotations":${objectText(entity.annotations)}`;
  if (entity.metadata !== undefined) text += `,"metadata":${metadataText(entity.metadata)}`;
  if (entity.cause !== undefined) text += `,"cause":${valueText(entity.cause) ?? '{}'}`;
  if (entity.links !== undefined) text += `,"links":${valueText(entity.links) ?? '[]'}`;
  if (entity.extras !== undefined) text += extrasText(entity.extras);
  if (entity.subsegments !== undefined) text += subsegmentsText(entity.subsegments, level);
  return text;
}

function subsegmentsText(subsegments: readonly Subsegment[], level: number): string {
  if (level >= LEVELS_MAX) {
    getLogger().error(`Subsegments nest deeper than ${LEVELS_MAX}: ${subsegments.length} are left out.`);
    return '';
  }
  let text = '';
  for (const subsegment of subsegments) {
    if (subsegment.notTraced === true) continue;
    text += `${text === '' ? '' : ','}{${subsegmentText(subsegment, level + 1)}}`;
  }
  return text === '' ? '' : `,"subsegments":[${text}]`;
}

function metadataText(metadata: Readonly<Record<string, object>>): string {
  let text = '';
  for (const [namespace, values] of Object.entries(metadata)) {
    text += (text === '' ? '' : ',') + keyText(namespace) + objectText(values);
  }
  return `{${text}}`;
}

function extrasText(extras: object): string {
  const inner = objectText(extras).slice(1, -1);
  return inner === '' ? '' : `,${inner}`;
}

let serviceOf: object | undefined;
let servicePrinted = '';

/** Nearly always the process's own: printed when it is first seen. */
function serviceText(service: object): string {
  if (service !== SegmentUtils.serviceData) return objectText(service);
  if (service !== serviceOf) {
    serviceOf = service;
    servicePrinted = objectText(service);
  }
  return servicePrinted;
}

let pluginsOf: object | undefined;
let sdkOf: object | undefined;
let sharedPrinted = '';

function awsText(segment: Segment): string {
  const { own, rule } = segment.awsParts();
  if (own !== undefined) return `,"aws":${objectText(own)}`;
  const { pluginData, sdkData } = SegmentUtils;
  if (pluginData === undefined && sdkData === undefined && rule === undefined) return '';
  if (pluginData !== pluginsOf || sdkData !== sdkOf || sharedPrinted === '') {
    pluginsOf = pluginData;
    sdkOf = sdkData;
    const plugins = pluginData === undefined ? '' : objectText(pluginData).slice(1, -1);
    const sdk = sdkData === undefined ? '' : objectText(sdkData).slice(1, -1);
    sharedPrinted = `,"aws":{${plugins === '' ? '' : `${plugins},`}"xray":{${sdk}`;
  }
  if (rule === undefined) return `${sharedPrinted}}}`;
  return `${sharedPrinted}${sharedPrinted.endsWith('{') ? '' : ','}"rule_name":${quote(rule)}}}`;
}
