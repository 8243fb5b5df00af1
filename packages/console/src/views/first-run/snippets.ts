import type { Addresses } from './addresses.ts';

export interface Snippet {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  /** A sentence about it. */
  readonly note?: string;
}

/** How each kind of sender is told to send here. */
export function snippetsOf(at: Addresses): readonly Snippet[] {
  return [...xraySnippets(at), ...openTelemetrySnippets(at), ...otherSnippets(at)];
}

function xraySnippets({ udp, http }: Addresses): readonly Snippet[] {
  const tcp = http.replace(/^https?:\/\//, '');
  const daemon = udp === null || udp === tcp ? tcp : `tcp:${tcp} udp:${udp}`;
  const variable = `AWS_XRAY_DAEMON_ADDRESS="${daemon}"`;
  const sampling =
    'One request a second and 5 % of the rest are traced: start the server with --sampling-rate 1 to see all.';
  const note = udp === null ? 'UDP is closed here: start the server with --udp-listen HOST:2000.' : sampling;
  return [
    { id: 'node', title: 'X-Ray SDK, Node.js', text: `${variable} node app.js`, note },
    { id: 'python', title: 'X-Ray SDK, Python', text: `${variable} python app.py`, note },
    { id: 'java', title: 'X-Ray SDK, Java', text: `${variable} java -jar app.jar`, note },
    { id: 'go', title: 'X-Ray SDK, Go', text: `${variable} ./app`, note },
    {
      id: 'daemon',
      title: 'X-Ray daemon',
      text: `fluoroscope daemon --upstream ${http}`,
      note: 'Beside the application, where it cannot reach this server by UDP.',
    },
    {
      id: 'aws',
      title: 'AWS CLI',
      text: [
        'now=$(date +%s)',
        'export AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x AWS_DEFAULT_REGION=us-east-1',
        `aws xray put-trace-segments --endpoint-url ${http} --trace-segment-documents \\`,
        `  '{"trace_id":"1-'$(printf %08x $now)'-bd862e3fe1be46a994272793","id":"53995c3f42cd8ad8","name":"by-hand","start_time":'$now',"end_time":'$now'.2}'`,
      ].join('\n'),
    },
  ];
}

function openTelemetrySnippets({ otlpHttp, otlpGrpc }: Addresses): readonly Snippet[] {
  const grpc =
    otlpGrpc === null ? '' : `\n  # or: otlp/fluoroscope: { endpoint: "${otlpGrpc}", tls: { insecure: true } }`;
  return [
    {
      id: 'otel',
      title: 'OpenTelemetry SDK',
      text: [
        `export OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=${otlpHttp}/v1/traces`,
        'export OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/protobuf',
        'export OTEL_SERVICE_NAME=my-service',
      ].join('\n'),
      note: 'The same variables in every language.',
    },
    {
      id: 'collector',
      title: 'OpenTelemetry Collector',
      text: `exporters:\n  otlphttp/fluoroscope: { endpoint: "${otlpHttp}" }${grpc}\nservice:\n  pipelines:\n    traces: { receivers: [otlp], exporters: [otlphttp/fluoroscope] }`,
    },
  ];
}

function otherSnippets({ zipkin, jaegerHttp, otlpGrpc }: Addresses): readonly Snippet[] {
  const [host = '', port = ''] = splitPort(otlpGrpc ?? zipkin.replace(/^https?:\/\//, ''));
  return [
    {
      id: 'zipkin',
      title: 'Zipkin',
      text: `${zipkin}/api/v2/spans`,
      note: 'The endpoint of any Zipkin reporter; version 1 is /api/v1/spans.',
    },
    {
      id: 'jaeger',
      title: 'Jaeger',
      text:
        jaegerHttp === null
          ? 'fluoroscope serve --jaeger-http-listen 127.0.0.1:14268'
          : `JAEGER_ENDPOINT=http://${jaegerHttp}/api/traces`,
      note: jaegerHttp === null ? 'Closed here: a flag of the server opens it.' : 'Clients that send Thrift over HTTP.',
    },
    {
      id: 'istio',
      title: 'Istio',
      text:
        otlpGrpc === null
          ? `meshConfig:\n  defaultConfig:\n    tracing: { zipkin: { address: "${host}:${port}" } }`
          : `meshConfig:\n  enableTracing: true\n  extensionProviders:\n  - name: fluoroscope\n    opentelemetry: { service: "${host}", port: ${port} }`,
      note: 'With a Telemetry resource that names the provider; the address must be one that the mesh can reach.',
    },
  ];
}

function splitPort(address: string): readonly string[] {
  const at = address.lastIndexOf(':');
  return [address.slice(0, at), address.slice(at + 1)];
}
