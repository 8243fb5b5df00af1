import { wildcardMatch } from './sampling/wildcard.ts';
import { enableLambda } from './lambda/lambda.ts';
import { LambdaUtils } from './lambda/lambda-utils.ts';
import { getCauseTypeFromHttpStatus, safeParseInt, stripQueryStringFromPath } from './http-facts.ts';
import { middleware } from './middleware/middleware.ts';
import { objectWithoutProperties } from './objects.ts';
import { EC2Plugin } from './plugins/ec2.ts';
import { ECSPlugin } from './plugins/ecs.ts';
import { EKSPlugin } from './plugins/eks.ts';
import { ElasticBeanstalkPlugin } from './plugins/elastic-beanstalk.ts';
import { SegmentUtils } from './segment-utils.ts';
import { SqlData } from './sql-data.ts';
import { processTraceData } from './trace-data.ts';
import { SDK_PACKAGE, SDK_VERSION } from './version.ts';

export { captureAWS, captureAWSClient } from './aws/capture-v2.ts';
export { captureAWSv3Client, type AwsV3Client } from './aws/capture-v3.ts';
export { appendAWSWhitelist, setAWSWhitelist } from './aws/whitelist.ts';
export { captureAsyncFunc, captureCallbackFunc, captureFunc } from './capture/capture-functions.ts';
export {
  captureFetchGlobal,
  captureFetchModule,
  enableCapture,
  uncaptureFetch,
  type FetchSubsegmentCallback,
} from './capture/capture-fetch.ts';
export { captureHTTPs, captureHTTPsGlobal, type HttpSubsegmentCallback } from './capture/capture-https.ts';
export { captureUndici, type UndiciOptions, type UndiciRequest } from './capture/capture-undici.ts';
export { capturePromise } from './capture/capture-promise.ts';
export {
  enableAutomaticMode,
  enableManualMode,
  getNamespace,
  getSegment,
  isAutomaticMode,
  resolveManualSegmentParams,
  resolveSegment,
  setContextMissingStrategy,
  setSegment,
  withSegment,
  type ContextMissingStrategy,
  type SegmentLike,
} from './context/context.ts';
export type { Context, Namespace } from './context/namespace.ts';
export { captureMongoDB } from './data/mongodb.ts';
export { uncapture } from './data/patches.ts';
export { captureRedis } from './data/redis.ts';
export { captureMySQL } from './data/sql/mysql.ts';
export { capturePostgres } from './data/sql/postgres.ts';
export { Segment } from './document/segment.ts';
export { Subsegment } from './document/subsegment.ts';
export { captureGrpcClient, grpcClientInterceptor, type GrpcClientOptions } from './grpc/client.ts';
export { connectClientInterceptor, connectServerInterceptor } from './grpc/connect.ts';
export { captureGrpcServer, grpcServerInterceptor, type GrpcServerOptions } from './grpc/server.ts';
export { express, type ExpressMiddleware } from './frameworks/express.ts';
export { fastifyPlugin, type FastifyOptions } from './frameworks/fastify.ts';
export { hapiPlugin, type HapiPlugin } from './frameworks/hapi.ts';
export { koa, type KoaMiddleware } from './frameworks/koa.ts';
export type { FrameworkOptions } from './frameworks/plugin-options.ts';
export { restify, type RestifyMiddleware } from './frameworks/restify.ts';
export { SqsMessageHelper } from './lambda/sqs-message-helper.ts';
export { captureAmqplib } from './messaging/amqplib.ts';
export { captureKafkaProducer, type KafkaProducerOptions } from './messaging/kafka-producer.ts';
export { captureKafkaJS } from './messaging/kafkajs.ts';
export { captureMessage, captureMessages, type MessageSource } from './messaging/receive.ts';
export { getLogger, setLogger, type Logger } from './logger.ts';
export { config, type Plugin } from './plugins/plugin.ts';
export { setDaemonAddress } from './send/daemon-config.ts';
export { getSendCounts, sendDocument, type SendCounts } from './send/emitter.ts';
export { TraceID } from './trace-id.ts';
export type { TraceData } from './trace-data.ts';
export type { RuleConfig, RulesConfig } from './sampling/local-rules.ts';
export type { Sampler, SampleRequest } from './sampling/sampler.ts';
export { middleware, SegmentUtils };

/** See `SegmentUtils.setStreamingThreshold`. */
export const setStreamingThreshold: (threshold: number) => void = (threshold) =>
  SegmentUtils.setStreamingThreshold(threshold);

export const plugins: {
  readonly EC2Plugin: typeof EC2Plugin;
  readonly ECSPlugin: typeof ECSPlugin;
  readonly EKSPlugin: typeof EKSPlugin;
  readonly ElasticBeanstalkPlugin: typeof ElasticBeanstalkPlugin;
} = { EC2Plugin, ECSPlugin, EKSPlugin, ElasticBeanstalkPlugin };

export const database: { readonly SqlData: typeof SqlData } = { SqlData };

export const utils: {
  readonly getCauseTypeFromHttpStatus: typeof getCauseTypeFromHttpStatus;
  readonly stripQueryStringFromPath: typeof stripQueryStringFromPath;
  readonly wildcardMatch: typeof wildcardMatch;
  readonly processTraceData: typeof processTraceData;
  readonly objectWithoutProperties: typeof objectWithoutProperties;
  readonly safeParseInt: typeof safeParseInt;
  readonly LambdaUtils: typeof LambdaUtils;
} = {
  getCauseTypeFromHttpStatus,
  stripQueryStringFromPath,
  wildcardMatch,
  processTraceData,
  objectWithoutProperties,
  safeParseInt,
  LambdaUtils,
};

const UNKNOWN = 'unknown';

SegmentUtils.setSDKData({ sdk: 'X-Ray for Node.js', sdk_version: SDK_VERSION, package: SDK_PACKAGE });
SegmentUtils.setServiceData({
  runtime: process.release.name,
  runtime_version: process.version,
  version: process.env['npm_package_version'] || UNKNOWN,
  name: process.env['npm_package_name'] || UNKNOWN,
});
if (process.env['LAMBDA_TASK_ROOT']) {
  enableLambda();
  middleware.disableCentralizedSampling();
}
