// helm test: arguments are "STATUS URL". A certificate is of an authority that this pod need not know.
const clients = { 'http:': require('node:http'), 'https:': require('node:https') };
const WAIT_MS = 10_000;

for (const [wanted, url] of process.argv.slice(1).map((word) => word.split(' '))) {
  const failed = (why) => {
    process.stderr.write(`${url}: ${why}\n`);
    process.exitCode = 1;
  };
  const request = clients[new URL(url).protocol].get(url, { rejectUnauthorized: false, timeout: WAIT_MS }, (answer) => {
    answer.resume();
    if (answer.statusCode === Number(wanted)) process.stdout.write(`${url}: ${wanted}\n`);
    else failed(`answered ${answer.statusCode}`);
  });
  request.on('timeout', () => request.destroy(new Error('no answer')));
  request.on('error', (error) => failed(error.message));
}
