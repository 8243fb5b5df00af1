import { AWSXRay, called, failing, requireClient, trace } from './traced.mjs';

export async function run({ postgres: settings }) {
  const pg = AWSXRay.capturePostgres(requireClient('pg'));
  AWSXRay.capturePostgres(pg);
  const Cursor = requireClient('pg-cursor');
  const QueryStream = requireClient('pg-query-stream');
  const client = new pg.Client(settings);
  await client.connect();

  process.env.AWS_XRAY_COLLECT_SQL_QUERIES = '1';
  await trace('pgQueries', async () => {
    await client.query('select 1');
    await client.query('select $1::int', [2]);
    await client.query({ name: 'named', text: 'select $1::int + 1', values: [3] });
    await called((done) => client.query('select 4', done));
    await called((done) => client.query({ text: 'select 5', callback: done }));
  });
  delete process.env.AWS_XRAY_COLLECT_SQL_QUERIES;
  await trace('pgError', async () => {
    await failing(() => client.query('select * from nowhere'));
    await failing(() => called((done) => client.query('select * from nowhere', done)));
  });
  await trace('pgObjects', async () => {
    const cursor = client.query(new Cursor('select * from generate_series(1, 10)'));
    await cursor.read(3);
    await cursor.close();
    for await (const row of client.query(new QueryStream('select * from generate_series(1, 5) as n'))) {
      if (row.n === 5) AWSXRay.captureFunc('row', () => {});
    }
    await failing(() => client.query(new Cursor('select * from nowhere')).read(1));
    await new Promise((resolve) => client.query(new pg.Query('select 6')).on('end', resolve));
  });
  await client.end();

  const pool = new pg.Pool({ ...settings, max: 1 });
  const busy = ['One', 'Two', 'Three'].map((kind) =>
    trace(`pgPool${kind}`, async () => {
      await pool.query('select pg_sleep(0.02)');
      await called((done) => pool.query('select 1', done));
      const own = await pool.connect();
      await own.query('select 2');
      own.release();
    }),
  );
  await Promise.all(busy);
  const nowhere = new pg.Pool({ ...settings, port: 1 });
  await trace('pgNowhere', () => failing(() => nowhere.query('select 1')));
  AWSXRay.uncapture(pg);
  await trace('pgUndone', () => pool.query('select 1'));
  await pool.end();
}
