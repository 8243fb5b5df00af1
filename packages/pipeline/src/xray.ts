/** X-Ray's own protocols alone: a daemon that is to stay small loads nothing of the other dialects. */
export * from './pipeline-error.ts';
export * from './exporters/batch-store.ts';
export * from './exporters/xray/credentials.ts';
export { findHomeFolder } from './exporters/xray/home-folder.ts';
export * from './exporters/xray/profile-file.ts';
export * from './exporters/xray/put-trace-segments.ts';
export * from './exporters/xray/sign-v4.ts';
export * from './receivers/xray-udp/decode.ts';
export * from './receivers/xray-udp/jsonl-header.ts';
export * from './receivers/xray-udp/listen.ts';
export * from './receivers/xray-udp/receive.ts';
export * from './receivers/xray-udp/watch-kernel-drops.ts';
