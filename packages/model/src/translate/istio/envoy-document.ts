import { cleanName } from '../../clean-entity.ts';
import type { SegmentDocument, TraceDocument } from '../../segment-document.ts';
import { toWork } from './change-place.ts';
import { readMeshHop } from './read-mesh-hop.ts';

/**
 * A segment of Envoy's own X-Ray tracer (`envoy.tracers.xray`), as the documents of proxies that report in other dialects are; any
 * other document itself. Envoy makes a segment of each request, on the way in and out, named by its configuration, and
 * its tags annotations. Those of App Mesh are nodes at AWS, and stay so.
 */
export function readEnvoyDocument(document: TraceDocument): TraceDocument {
  if (!isEnvoys(document)) return document;
  const { name, annotations = {}, http, parent_id: parentId } = document;
  const hop = readMeshHop({
    tags: { ...annotations, ...(http?.request?.url !== undefined && { 'http.url': http.request.url }) },
    kind: null,
    name: '',
    service: name,
    peer: '',
  });
  if (hop === null) return document;
  const marked: SegmentDocument = {
    ...document,
    annotations: { ...annotations, ...Object.fromEntries(hop.annotations) },
  };
  if (hop.role !== 'call') return marked;
  // With nothing above it, it stands for its service, as a gateway's does.
  if (parentId === undefined) return { ...marked, annotations: { ...marked.annotations, 'mesh.side': 'gateway' } };
  return { ...toWork(marked, parentId), name: cleanName(hop.peer ?? '') ?? name, namespace: 'remote' };
}

export function isEnvoys(document: TraceDocument): document is SegmentDocument {
  const { type, annotations } = document;
  return (
    type === undefined &&
    annotations?.['component'] === 'proxy' &&
    typeof annotations['direction'] === 'string' &&
    annotations['mesh.side'] === undefined &&
    document.origin !== 'AWS::AppMesh::Proxy'
  );
}
