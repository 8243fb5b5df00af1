import { getLogger } from '../logger.ts';
import { SegmentUtils } from '../segment-utils.ts';

/** Learns where the process runs. Any object with these two can be given to `config`. */
export interface Plugin {
  /** Calls back once, at any time, with what goes into `aws`, or with nothing. */
  getData(callback: (data?: object) => void): void;
  readonly originName: string;
}

/** Starts the plugins and returns at once: segments have their data from the moment that it is known. The last one names the origin. */
export function config(plugins: readonly Plugin[]): void {
  for (const plugin of plugins) {
    SegmentUtils.setOrigin(plugin.originName);
    try {
      plugin.getData((data) => {
        if (data) SegmentUtils.setPluginData({ ...SegmentUtils.pluginData, ...data });
      });
    } catch (error) {
      getLogger().error(`The plugin for ${plugin.originName} failed:`, error);
    }
  }
}

/** A plugin whose data has to be asked for. A failure is logged and costs the data only. */
export function createPlugin<T extends object>(
  originName: string,
  read: () => Promise<T>,
): { getData(callback: (data?: T) => void): void; readonly originName: string } {
  return {
    originName,
    getData: (callback) => {
      read().then(callback, (error: unknown) => {
        getLogger().error(`No data for ${originName}: ${error instanceof Error ? error.message : String(error)}`);
        callback();
      });
    },
  };
}
