import { fileURLToPath } from 'node:url';
import { cleanEnv, runCommand } from '../run-command.mjs';

const FOLDER = fileURLToPath(new URL('../python', import.meta.url));
const SCRIPT_MS_MAX = 90_000;

/** boto3, called as a Python program would. */
export const boto3 = (suite) => runScript('boto3_client.py', suite);

/** Every operation of the model, taken and refused, by boto3 and the AWS CLI. */
export const operations = (suite) => runScript('operations/main.py', suite);

/** AWS's X-Ray SDK for Python on its own: what it sends, and its sampler asking for rules and quotas. */
export const pythonSdk = (suite) => runScript('xray_sdk.py', suite);

async function runScript(name, { server, python, tally }) {
  const env = cleanEnv({ AWS_XRAY_DAEMON_ADDRESS: server.daemonAddress, PYTHONUNBUFFERED: '1', PYTHONPATH: FOLDER });
  const { code, stderr } = await runCommand(python.python, [`${FOLDER}/${name}`, server.endpoint], {
    env,
    msMax: SCRIPT_MS_MAX,
    onLine: (line) => tally.readLine(line),
  });
  if (code !== 0) throw new Error(`${name} ended with ${code}\n${stderr}`);
}
