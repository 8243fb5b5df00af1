import { getHttpResponseData } from './http-facts.ts';
import { getLogger } from './logger.ts';

type Data = Record<string, unknown>;

/** What every segment of this process says of itself, and when finished subsegments leave early. */
export interface SegmentUtilities {
  streamingThreshold: number;
  origin: string | undefined;
  pluginData: Data | undefined;
  sdkData: Data | undefined;
  serviceData: Data | undefined;
  /** Epoch seconds. */
  getCurrentTime(): number;
  setOrigin(origin: string): void;
  setPluginData(data: object): void;
  setSDKData(data: object): void;
  setServiceData(data: object): void;
  /** How many subsegments, open and finished, a segment holds before finished ones are sent on their own. */
  setStreamingThreshold(threshold: number): void;
  getStreamingThreshold(): number;
  getHttpResponseData: typeof getHttpResponseData;
  getJsonStringifyReplacer(): (key: string, value: unknown) => unknown;
}

const STREAMING_THRESHOLD = 100;

export const SegmentUtils: SegmentUtilities = {
  streamingThreshold: STREAMING_THRESHOLD,
  origin: undefined,
  pluginData: undefined,
  sdkData: undefined,
  serviceData: undefined,
  getCurrentTime: () => Date.now() / 1000,
  setOrigin: (origin) => {
    SegmentUtils.origin = origin;
  },
  setPluginData: (data) => {
    SegmentUtils.pluginData = { ...data };
  },
  setSDKData: (data) => {
    SegmentUtils.sdkData = { ...data };
  },
  setServiceData: (data) => {
    SegmentUtils.serviceData = { ...data };
  },
  setStreamingThreshold: (threshold) => {
    if (Number.isFinite(threshold) && threshold >= 0) {
      SegmentUtils.streamingThreshold = threshold;
      getLogger().debug(`Subsegment streaming threshold set to: ${threshold}`);
    } else {
      getLogger().error(`Invalid threshold: ${threshold}. Must be a whole number >= 0.`);
    }
  },
  getStreamingThreshold: () => SegmentUtils.streamingThreshold,
  getHttpResponseData,
  getJsonStringifyReplacer: () => (_key, value) => (typeof value === 'bigint' ? value.toString() : value),
};
