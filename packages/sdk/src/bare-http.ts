import http from 'node:http';

// Taken before anybody patches the module: calls of our own are not traced.
export const bareRequest: typeof http.request = http.request;
export type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
