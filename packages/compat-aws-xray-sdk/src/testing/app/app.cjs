'use strict';
// A small application of the official SDK. It runs with the official packages and with ours under their names: not a line differs.
const http = require('node:http');
const express = require('express');
const AWSXRay = require('aws-xray-sdk');
const core = require('aws-xray-sdk-core');
const xrayExpress = require('aws-xray-sdk-express');

const traced = AWSXRay.captureHTTPs(http, true);
core.setContextMissingStrategy('RUNTIME_ERROR');
core.capturePromise();
AWSXRay.middleware.disableCentralizedSampling();
AWSXRay.middleware.setSamplingRules({ version: 2, rules: [], default: { fixed_target: 0, rate: 1 } });

const app = express();
app.use(xrayExpress.openSegment('shop'));

/** What a service that is called answers. */
app.get('/leaf/:status', (request, response) => response.status(Number(request.params.status)).send('leaf'));

app.get('/hello', (_request, response) => {
  const segment = AWSXRay.getSegment();
  segment.addAnnotation('tier', 'gold');
  segment.addAnnotation('items', 3);
  segment.addAnnotation('paid', true);
  segment.addMetadata('cart', { lines: [1, 2], note: null });
  segment.addMetadata('trace', 'x', 'debug');
  segment.setUser('ann');
  response.send('hello');
});

app.get('/nested', async (_request, response) => {
  AWSXRay.captureFunc('price', (price) => {
    price.addAnnotation('items', 3);
    AWSXRay.captureFunc('tax', (tax) => tax.addMetadata('rate', 0.19));
  });
  await AWSXRay.captureAsyncFunc('stock', async (stock) => {
    await new Promise((resolve) => setTimeout(resolve, 2));
    stock.addAttribute('namespace', 'remote');
    stock.close();
  });
  const later = AWSXRay.captureCallbackFunc('later', () => {});
  await new Promise((resolve) => setImmediate(resolve));
  later();
  response.json({});
});

app.get('/sql', (_request, response) => {
  const call = AWSXRay.getSegment().addNewSubsegment('db@host');
  call.namespace = 'remote';
  call.addSqlData(new core.database.SqlData('9', 'pg', 'ann', 'postgresql://host/db', 'statement'));
  call.close();
  response.end();
});

app.get('/call/:status', (request, response, next) => {
  const { port } = request.socket.address();
  traced
    .get({ host: '127.0.0.1', port, path: `/leaf/${request.params.status}?secret=1` }, (answer) => {
      answer.resume().on('end', () => response.send(String(answer.statusCode)));
    })
    .on('error', next);
});

app.get('/refused', (_request, response) => {
  traced.get('http://127.0.0.1:65533/x').on('error', () => response.send('refused'));
});

app.get('/thrown', () => {
  throw new TypeError('no stock');
});
app.get('/told', (_request, _response, next) => void setTimeout(() => next(new Error('later')), 1));
app.get('/inside', () => {
  AWSXRay.captureFunc('outer', () =>
    AWSXRay.captureFunc('inner', () => {
      throw new Error('deep');
    }),
  );
});
app.get('/flags', (_request, response) => {
  const call = AWSXRay.getSegment().addNewSubsegment('call');
  call.addErrorFlag();
  call.addThrottleFlag();
  call.addPrecursorId('1111111111111111');
  call.close(new Error('remote'), true);
  response.sendStatus(503);
});
/** No answer, however late the client leaves. */
app.get('/left', () => {});

app.use(xrayExpress.closeSegment());
app.use((error, _request, response, _next) => response.status(error.status ?? 500).send('failed'));

const server = app.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
process.stdin.resume().on('end', () => process.exit());
