import { createRequire } from 'node:module';
import { join } from 'node:path';
import { captureAWS } from '../aws/capture-v2.ts';
import { httpModules } from '../bare-http.ts';
import { captureHTTPsGlobal } from '../capture/capture-https.ts';
import { capturePromise } from '../capture/capture-promise.ts';
import { enableAutomaticMode, enableManualMode } from '../context/context.ts';
import { setLogger, type Logger } from '../logger.ts';
import { middleware } from '../middleware/middleware.ts';
import { config, type Plugin } from '../plugins/plugin.ts';

/** What the plugins for Fastify and Hapi take. */
export interface FrameworkOptions {
  segmentName?: string;
  /** True when left out. */
  automaticMode?: boolean;
  plugins?: readonly Plugin[];
  captureHTTP?: boolean;
  /** Captures the application's `aws-sdk` (version 2). */
  captureAWS?: boolean;
  /** Has nothing to do: promises carry the context. */
  capturePromises?: boolean;
  logger?: Logger;
}

export function applyOptions(options: FrameworkOptions, segmentName: string, logger: Logger): void {
  setLogger(options.logger ?? logger);
  middleware.setDefaultName(segmentName);
  if (options.automaticMode === false) enableManualMode();
  else enableAutomaticMode();
  if (options.plugins !== undefined) config(options.plugins);
  if (options.captureAWS === true) captureAWS(requireFromApplication('aws-sdk'));
  if (options.captureHTTP === true) for (const module of httpModules) captureHTTPsGlobal(module, true);
  if (options.capturePromises === true) capturePromise();
}

/** @throws Error when the application does not have the module */
function requireFromApplication(name: string): object {
  return createRequire(join(process.cwd(), 'package.json'))(name);
}
