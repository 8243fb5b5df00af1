import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { prepareHelm } from '../sdks/prepare.mjs';
import { createHelm, DEPLOY, MANIFESTS } from './helm.mjs';

// node interop/charts/write-manifests.mjs: after a change of the chart, writes deploy/kubernetes anew.
const helm = createHelm(await prepareHelm((line) => process.stdout.write(`${line}\n`)));
for (const [file, args] of Object.entries(MANIFESTS)) {
  await writeFile(join(DEPLOY, 'kubernetes', file), await helm.template(args));
}
