import { fileURLToPath } from 'node:url';
import { cleanEnv, runCommand } from '../run-command.mjs';

/** boto3, called as a Python program would. */
export const boto3 = ({ server, python, tally }) => runScript('boto3_client.py', { server, python, tally });

/** AWS's X-Ray SDK for Python on its own: what it sends, and its sampler asking for rules and quotas. */
export const pythonSdk = ({ server, python, tally }) => runScript('xray_sdk.py', { server, python, tally });

async function runScript(name, { server, python, tally }) {
  const script = fileURLToPath(new URL(`../python/${name}`, import.meta.url));
  const env = cleanEnv({ AWS_XRAY_DAEMON_ADDRESS: server.daemonAddress, PYTHONUNBUFFERED: '1' });
  const { code, stderr } = await runCommand(python.python, [script, server.endpoint], {
    env,
    onLine: (line) => tally.readLine(line),
  });
  if (code !== 0) throw new Error(`${name} ended with ${code}\n${stderr}`);
}
