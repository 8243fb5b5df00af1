export * from './pipeline-error.ts';
export * from './receivers/xray-udp/decode.ts';
export * from './receivers/xray-udp/kernel-drops.ts';
export * from './receivers/xray-udp/listen.ts';
export * from './receivers/xray-udp/receive.ts';
