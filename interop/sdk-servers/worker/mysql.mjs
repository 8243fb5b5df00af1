import { once } from 'node:events';
import { AWSXRay, called, failing, requireClient, trace } from './traced.mjs';

export async function run({ mariadb: settings }) {
  for (const [kind, name] of [
    ['mysql', 'mysql'],
    ['mysqlTwo', 'mysql2'],
  ]) {
    const mysql = AWSXRay.captureMySQL(requireClient(name));
    await connections(kind, mysql, settings);
    await pools(kind, mysql, settings);
    AWSXRay.uncapture(mysql);
  }
  await prepared(AWSXRay.captureMySQL(requireClient('mysql2')), settings);
  AWSXRay.uncapture(requireClient('mysql2'));
  await promises(AWSXRay.captureMySQL(requireClient('mysql2/promise')), settings);
}

async function connections(kind, mysql, settings) {
  const connection = mysql.createConnection(settings);
  process.env.AWS_XRAY_COLLECT_SQL_QUERIES = '1';
  await trace(`${kind}Queries`, async () => {
    await called((done) => connection.query('select 1', done));
    await called((done) => connection.query('select ?', [2], done));
    await called((done) => connection.query({ sql: 'select ? + 1', values: [3] }, done));
    await new Promise((resolve) =>
      connection.query('select 4').on('end', () => AWSXRay.captureFunc('at the end', resolve)),
    );
  });
  delete process.env.AWS_XRAY_COLLECT_SQL_QUERIES;
  await trace(`${kind}Error`, async () => {
    await failing(() => called((done) => connection.query('select * from nowhere', done)));
    await new Promise((resolve) => connection.query('select * from nowhere').on('error', resolve));
    const rows = connection.query('select 1 as a').stream();
    rows.on('data', () => AWSXRay.captureFunc('row', () => {}));
    await once(rows, 'end');
  });
  connection.destroy();
}

async function pools(kind, mysql, settings) {
  const pool = mysql.createPool({ ...settings, connectionLimit: 1 });
  const busy = ['One', 'Two', 'Three'].map((number) =>
    trace(`${kind}Pool${number}`, async () => {
      await called((done) => pool.query('select sleep(0.02)', done));
      const own = await called((done) => pool.getConnection(done));
      await called((done) => own.query('select 2', done));
      own.release();
    }),
  );
  await Promise.all(busy);
  const nowhere = mysql.createPool({ ...settings, port: 1 });
  await trace(`${kind}Nowhere`, () => failing(() => called((done) => nowhere.query('select 1', done))));
  await new Promise((resolve) => pool.end(resolve));
}

async function prepared(mysql, settings) {
  const connection = mysql.createConnection(settings);
  await trace('mysqlTwoPrepared', async () => {
    await called((done) => connection.execute('select ?', [1], done));
    const statement = await called((done) => connection.prepare('select ? + 1', done));
    await called((done) => statement.execute([1], done));
    await called((done) => statement.execute([2], done));
  });
  connection.destroy();
}

async function promises(mysql, settings) {
  const connection = await mysql.createConnection(settings);
  const pool = mysql.createPool({ ...settings, connectionLimit: 1 });
  await trace('mysqlPromises', async () => {
    await connection.query('select 1');
    await connection.execute('select ?', [2]);
    await failing(() => connection.query('select * from nowhere'));
    await Promise.all([pool.query('select 3'), pool.execute('select ?', [4])]);
    const own = await pool.getConnection();
    await own.query('select 5');
    own.release();
    const statement = await connection.prepare('select ? + 1');
    await statement.execute([1]);
  });
  await connection.end();
  await pool.end();
}
