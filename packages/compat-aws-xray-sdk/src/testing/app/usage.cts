// What applications of the official SDK write in TypeScript. It is compiled, never run.
import * as AWSXRay from 'aws-xray-sdk';
import * as core from 'aws-xray-sdk-core';
import { captureFunc, Segment, Subsegment, SegmentLike, TraceID } from 'aws-xray-sdk-core';
import * as xrayExpress from 'aws-xray-sdk-express';
import { captureMySQL } from 'aws-xray-sdk-mysql';
import { capturePostgres } from 'aws-xray-sdk-postgres';
import express = require('express');
import http = require('node:http');
import https = require('node:https');

const plugins: core.plugins.Plugin[] = [core.plugins.EC2Plugin, core.plugins.ECSPlugin];
core.config([...plugins, core.plugins.ElasticBeanstalkPlugin]);
core.setDaemonAddress('127.0.0.1:2000');
core.setStreamingThreshold(50);
core.setContextMissingStrategy('LOG_ERROR');
core.setContextMissingStrategy((message: string) => console.error(message));
const logger: core.Logger = console;
core.setLogger(logger);
core.getLogger().warn('a', { b: 1 });
core.setAWSWhitelist('/tmp/whitelist.json');
core.appendAWSWhitelist({ services: {} });

const traced: typeof http = core.captureHTTPs(http, true);
core.captureHTTPsGlobal(https);
core.captureHTTPsGlobal(http, true, (subsegment, request, response, error) => {
  subsegment.addAnnotation('path', `${request.path} ${response?.statusCode} ${error?.message}`);
});
function report(
  subsegment: Subsegment,
  _request: http.ClientRequest,
  _response: http.IncomingMessage | null,
  error: Error,
) {
  subsegment.addError(error);
}
core.captureHTTPsGlobal(http, true, report);
traced.get('http://example.test');
core.capturePromise();
core.capturePromise.patchThirdPartyPromise(Promise);
interface Client {
  middlewareStack: { remove: any; use: any };
  config: any;
  send(): void;
}
declare const client: Client;
core.captureAWSv3Client(client).send();
core.captureAWS({ S3: 1 }).S3.toFixed();
core.captureAWSClient({ send: 1 }).send.toFixed();

const rules: core.middleware.RulesConfig = {
  version: 2,
  rules: [{ host: '*', http_method: 'GET', url_path: '/a/*', fixed_target: 1, rate: 0.1 }],
  default: { fixed_target: 1, rate: 0.1 },
};
core.middleware.setSamplingRules(rules);
core.middleware.enableDynamicNaming('*.example.test');
core.middleware.setDefaultName('shop');
core.middleware.disableCentralizedSampling();
const data = new core.middleware.IncomingRequestData(new http.IncomingMessage(null as never));

const answer: number = captureFunc('price', (subsegment) => {
  subsegment?.addMetadata('a', { b: 1 }, 'ns');
  return 1;
});
const promised: Promise<string> = core.captureAsyncFunc('stock', async (subsegment) => {
  subsegment?.close();
  return String(answer);
});
const callback: (a: number) => string = core.captureCallbackFunc('later', (a: number) => `${a}${String(promised)}`);
callback(1);

const segment = new Segment('shop', '1-5759e988-bd862e3fe1be46a994272793', '53995c3f42cd8ad8');
segment.addIncomingRequestData(data);
segment.setUser('ann');
segment.addAnnotation('a', true);
const child: Subsegment = segment.addNewSubsegment('call');
child.namespace = 'remote';
child.addSqlData(new core.database.SqlData('1', '2', 'user', 'url', 'statement'));
child.addRemoteRequestData(http.get('http://example.test'), new http.IncomingMessage(null as never), true);
child.addPrecursorId('1111111111111111');
child.close(new Error('x'), true);
segment.close();
const current: SegmentLike | undefined = core.getSegment();
if (current) core.setSegment(current);
const resolved: Segment | Subsegment | undefined = core.resolveSegment(child);
resolved?.addError('x');
const namespace = core.getNamespace();
namespace.run(() => core.setSegment(segment));
const value: number = namespace.runAndReturn(() => 1);
namespace.bindEmitter(new http.Agent() as never);
void namespace.runPromise(async () => value);
core.enableManualMode();
core.enableAutomaticMode();
const automatic: boolean = core.isAutomaticMode();
const id: string = new TraceID(undefined, String(automatic)).toString() + TraceID.FromString('x').toString();
const cause: 'error' | 'fault' | undefined = core.utils.getCauseTypeFromHttpStatus(id.length);
core.utils.wildcardMatch('a*', String(cause));
core.utils.LambdaUtils.populateTraceData(segment, 'Root=x');
const threshold: number = core.SegmentUtils.getStreamingThreshold();
core.SegmentUtils.setOrigin(String(threshold));

const app = express();
app.use(xrayExpress.openSegment('shop'));
app.use(AWSXRay.express.openSegment('shop'));
app.get('/', (request, response) => {
  request.segment?.addAnnotation('a', 'b');
  response.end();
});
app.use(AWSXRay.express.closeSegment());
const handler: express.RequestHandler = xrayExpress.openSegment('shop');
const failed: express.ErrorRequestHandler = xrayExpress.closeSegment();
app.use(handler, failed);
export const modules = [captureMySQL, capturePostgres, AWSXRay.captureMySQL, AWSXRay.capturePostgres];
