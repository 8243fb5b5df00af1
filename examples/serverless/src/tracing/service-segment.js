import { sendDocument } from '@fluoroscope/sdk';
import { newEntityId } from './trace.js';

/**
 * Opens a segment as a service of AWS sends it for itself: once when it begins, once when it is done. Nothing is sent of a trace
 * that is not sampled.
 * @param {import('./trace.js').Trace} trace
 * @param {object} fields name, origin, and what else the document has; `id` when it is known already
 */
export function openServiceSegment(trace, fields) {
  const document = {
    id: newEntityId(),
    trace_id: trace.root,
    ...(trace.parent && { parent_id: trace.parent }),
    start_time: nowSeconds(),
    ...fields,
  };
  const subsegments = [];
  const send = (more) => trace.sampled && sendDocument(JSON.stringify({ ...document, ...more }));
  send({ in_progress: true });

  return {
    id: document.id,
    /** Where calls of this segment come from. @returns {import('./trace.js').Trace} */
    from: (id = document.id) => ({ root: trace.root, parent: id, sampled: trace.sampled }),
    /** @param {object} more fields; `start_time` and `end_time` when it is over already */
    addSubsegment(name, more = {}) {
      const subsegment = { id: newEntityId(), name, start_time: nowSeconds(), ...more };
      subsegments.push(subsegment);
      return {
        id: subsegment.id,
        close: (last = {}) => Object.assign(subsegment, { end_time: nowSeconds() }, last),
      };
    },
    close(last = {}) {
      const end_time = nowSeconds();
      for (const subsegment of subsegments) subsegment.end_time ??= end_time;
      send({ ...last, end_time, ...(subsegments.length > 0 && { subsegments }) });
    },
  };
}

export function nowSeconds() {
  return (performance.timeOrigin + performance.now()) / 1000;
}
