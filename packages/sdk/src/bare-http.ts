import http from 'node:http';
import https from 'node:https';

// Taken before anybody patches the module: calls of our own are not traced.
export const bareRequest: typeof http.request = http.request;
export type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';

/** What the option `captureHTTP` of a framework's plugin is about. */
export const httpModules: readonly object[] = [http, https];
