import { createServer } from 'node:http';

// An X-Ray endpoint that takes everything and counts the segments: `daemons.mjs` starts it.

let segments = 0;

const server = createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    if (request.url === '/TraceSegments') {
      segments += JSON.parse(Buffer.concat(parts).toString()).TraceSegmentDocuments.length;
      response.end('{"UnprocessedTraceSegments":[]}');
    } else {
      response.end('{}');
    }
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.({ kind: 'ready', port: server.address().port }));
process.on('message', () => process.send?.({ kind: 'count', segments }));
