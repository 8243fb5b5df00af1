/** Methods whose messages are plain texts, as gRPC's libraries for other languages are told too. */
export function textService(service, methods) {
  const entries = Object.entries(methods).map(([name, { requestStream = false, responseStream = false }]) => {
    const write = (text) => Buffer.from(text);
    const read = (bytes) => bytes.toString();
    const path = `/${service}/${name}`;
    const codecs = {
      requestSerialize: write,
      requestDeserialize: read,
      responseSerialize: write,
      responseDeserialize: read,
    };
    return [name, { path, requestStream, responseStream, ...codecs }];
  });
  return Object.fromEntries(entries);
}
