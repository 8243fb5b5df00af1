// What is sent as segments, by topic. `id`, `trace_id` and times are added, `name` is `shop` where none is given. A `refused` one the
// Collector's receiver drops whole.

const call = (more) => ({ name: 'stock', namespace: 'remote', ...more });
const failed = (cause, more) => ({ fault: true, cause, ...more });
const thrown = (more) => failed({ exceptions: [{ id: 'aaaaaaaaaaaaaaaa', type: 'E', message: 'no', ...more }] });

export const SEGMENTS = {
  'segments and subsegments': [
    {},
    { parent_id: 'bbbbbbbbbbbbbbbb' },
    { subsegments: [{ name: 'work', subsegments: [call(), call({ name: 'DynamoDB', namespace: 'aws' })] }] },
    { type: 'subsegment', parent_id: 'bbbbbbbbbbbbbbbb', ...call() },
    { type: 'subsegment', parent_id: 'bbbbbbbbbbbbbbbb', namespace: 'local' },
    {
      subsegments: [
        call({ http: { request: { client_ip: '1.2.3.4' } } }),
        { http: { request: { client_ip: '1.2.3.4' } } },
      ],
    },
    { subsegments: [call({ namespace: 'other' })], refused: true },
    { in_progress: true },
    { user: 'u1', resource_arn: 'arn', origin: 'AWS::EC2::Instance', service: { version: '7', compiler: 'go' } },
    { links: [{ trace_id: '1-5759e988-bd862e3fe1be46a994272793', id: 'bbbbbbbbbbbbbbbb', attributes: { k: 'v' } }] },
  ],
  'HTTP calls': [
    {
      http: {
        request: {
          method: 'GET',
          url: 'https://a.example/x',
          user_agent: 'curl',
          client_ip: '1.2.3.4',
          x_forwarded_for: true,
        },
        response: { status: 200, content_length: 12 },
      },
    },
    { http: { response: { status: 404, content_length: '34' } }, error: true },
    { http: { response: { status: 429 } }, error: true, throttle: true },
    { http: { response: { status: 500 } }, fault: true },
    { http: { response: { status: 500 } } },
    { fault: true },
  ],
  causes: [
    failed('aaaaaaaaaaaaaaaa'),
    failed({ working_directory: '/srv', exceptions: [] }),
    thrown({ remote: true, truncated: 3, skipped: 2, cause: 'bbbbbbbbbbbbbbbb' }),
    thrown({
      stack: [
        { path: 'a/b.js', line: 12, label: 'f' },
        { path: 'c.js', label: 'g' },
      ],
    }),
    thrown({ stack: [] }),
    failed({ exceptions: [{ id: 'aaaaaaaaaaaaaaaa' }] }),
    { subsegments: [call(thrown({}))], ...failed('aaaaaaaaaaaaaaaa') },
  ],
  'annotations and metadata': [
    { annotations: { text: 'täxt', whole: 3, part: 2.5, flag: true } },
    { metadata: { default: { list: [1, null, 'a'], deep: { k: 'v' } }, debug: { x: 'y' } } },
  ],
  "AWS's calls": [
    {
      subsegments: [
        call({
          namespace: 'aws',
          aws: { operation: 'GetItem', region: 'us-west-2', request_id: 'r', table_name: 't', retries: 2 },
        }),
      ],
    },
    { subsegments: [call({ namespace: 'aws', aws: { account_id: '2', queue_url: 'https://q' }, traced: true })] },
    { subsegments: [call({ namespace: 'aws', aws: { table_names: ['t', 'u'], bucket_name: 'b' } })] },
  ],
  databases: [
    {
      subsegments: [
        call({
          sql: {
            url: 'jdbc:mysql://db.example:3306/orders?ssl=1',
            database_type: 'MySQL',
            user: 'app',
            sanitized_query: 'SELECT 1',
          },
        }),
      ],
    },
    {
      subsegments: [
        call({
          sql: {
            url: 'postgresql://db.example/orders',
            database_version: '16',
            driver_version: '4',
            preparation: 'statement',
          },
        }),
      ],
    },
    { subsegments: [call({ sql: { url: 'jdbc:oracle:thin:@db.example:1/o' } })], refused: true },
  ],
  'where a segment runs': [
    {
      origin: 'AWS::EC2::Instance',
      aws: { account_id: '1', ec2: { instance_id: 'i', availability_zone: 'a', instance_size: 's', ami_id: 'm' } },
    },
    { origin: 'AWS::ECS::Container', aws: { ecs: { container: 'c', container_id: 'd', availability_zone: 'b' } } },
    { aws: { ecs: { container: 'c', task_arn: 'arn:t', launch_type: 'ec2' } } },
    { aws: { eks: { cluster_name: 'k', pod: 'p', container_id: 'd' } } },
    { aws: { elastic_beanstalk: { environment_name: 'env', version_label: 'v', deployment_id: 32 } } },
    { aws: { elastic_beanstalk: { version_label: 'v' } }, service: { version: '7' } },
    { aws: { cloudwatch_logs: [{ log_group: 'g', arn: 'arn:g' }, { log_group: 'h' }] } },
    { aws: { xray: { sdk: 'X-Ray for Node.js', sdk_version: '3', package: 'aws-xray-sdk' } } },
    { aws: { xray: { sdk: 'X-Ray for Java' } }, ...thrown({}) },
    { aws: { xray: { sdk: 'X-Ray for Go' } }, ...thrown({}) },
  ],
};
