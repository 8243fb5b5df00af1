import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { OPENED_BYTES_MAX } from './limits.ts';
import type { Packing } from './sealed.ts';

/**
 * What segment documents are full of, the most frequent last: a document of 1 kB packs to a fifth instead of a third.
 * It belongs to packing 1 for ever: another dictionary is another packing.
 */
const DICTIONARY_1 = Buffer.from(
  '"metadata":{"default":{"sql":{"sanitized_query":"SELECT ","database_type":"","url":""},"aws":{"operation":"","region":"us-east-1",' +
    '"request_id":"","table_name":"","queue_url":""},"cause":{"working_directory":"","exceptions":[{"id":"","message":"","type":"",' +
    '"remote":true,"stack":[{"path":"","line":,"label":""}]}]},"error":true,"fault":true,"throttle":true,"in_progress":true,' +
    '"type":"subsegment","parent_id":"","origin":"AWS::ECS::Container","user":"","service":{"version":""},"http":{"request":' +
    '{"method":"POST","url":"https://","user_agent":"Mozilla/5.0","client_ip":"","traced":true},"response":{"status":200,' +
    '"content_length":}},"annotations":{"},"subsegments":[{"id":"","name":"","namespace":"remote","start_time":1.,"end_time":1.,' +
    '"http":{"request":{"method":"GET","url":"http://"},"response":{"status":200}}}],"trace_id":"1-","name":"","start_time":1,"end_time":1',
);

/** Packed, since a ciphertext does not compress; as it is where that is shorter. */
export function pack(bytes: Buffer): { readonly bytes: Buffer; readonly packing: Packing } {
  const packed = deflateRawSync(bytes, { dictionary: DICTIONARY_1 });
  return packed.byteLength < bytes.byteLength ? { bytes: packed, packing: 1 } : { bytes, packing: 0 };
}

/** Throws for what `pack` has not made; a sealed message is known to be ours. */
export function unpack(bytes: Buffer, packing: Packing): Buffer {
  if (packing === 0) return bytes;
  return inflateRawSync(bytes, { dictionary: DICTIONARY_1, maxOutputLength: OPENED_BYTES_MAX });
}
