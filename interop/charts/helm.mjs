import assert from 'node:assert/strict';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../run-command.mjs';

export const DEPLOY = fileURLToPath(new URL('../../deploy/', import.meta.url));
const CHART = join(DEPLOY, 'helm/fluoroscope');

/** The oldest that Chart.yaml allows, and the newest that the validator knows. */
export const KUBERNETES = ['1.27', '1.37'];

/** Manifests for who has no Helm: the chart, rendered. File below deploy/kubernetes: arguments. */
export const MANIFESTS = {
  'server.yaml': ['--skip-tests'],
  'collector.yaml': ['--set', 'collector.enabled=true', '--show-only', 'templates/collector.yaml'],
  'daemon.yaml': ['--set', 'daemon.enabled=true', '--show-only', 'templates/daemon.yaml'],
};

/** @param {string} name of a file in the chart's ci/ */
export function valuesFile(name) {
  return ['--values', join(CHART, `ci/${name}-values.yaml`)];
}

/** @param {string} helm its path */
export function createHelm(helm) {
  async function run(args) {
    const { code, stdout, stderr } = await runCommand(helm, args);
    assert.equal(code, 0, `helm ${args[0]} ended with ${code}\n${stdout}${stderr}`);
    return stdout;
  }
  const version = ['--kube-version', KUBERNETES.at(-1)];
  return {
    lint: (args) => run(['lint', CHART, '--strict', ...version, ...args]),
    template: (args) => run(['template', 'fluoroscope', CHART, '--namespace', 'fluoroscope', ...version, ...args]),
  };
}
