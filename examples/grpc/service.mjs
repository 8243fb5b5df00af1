/** What code generated from a .proto file would have; messages are plain texts. */
export const STOCK = { Ask: method('Ask'), Watch: method('Watch', true) };

function method(name, responseStream = false) {
  const write = (text) => Buffer.from(text);
  const read = (bytes) => bytes.toString();
  return {
    path: `/stock.Stock/${name}`,
    requestStream: false,
    responseStream,
    requestSerialize: write,
    requestDeserialize: read,
    responseSerialize: write,
    responseDeserialize: read,
  };
}
