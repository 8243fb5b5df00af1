export { XRayContextManager } from './context-manager.ts';
export { XRayIdGenerator } from './id-generator.ts';
export { XRayPropagator } from './propagator.ts';
export { XRaySpanExporter, type XRaySpanExporterOptions } from './span-exporter.ts';
