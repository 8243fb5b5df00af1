import { fileURLToPath, pathToFileURL } from 'node:url';

/** The checkout that is measured unless another is named: this one. */
export const HERE = fileURLToPath(new URL('..', import.meta.url));

export function programOf(checkout) {
  return `${checkout}/packages/cli/dist/main.js`;
}

/** A package of that checkout, as built there; it finds its own packages beside it. */
export function loadPackage(checkout, name, entry = 'index') {
  return import(pathToFileURL(`${checkout}/packages/${name}/dist/${entry}.js`).href);
}

/** A module of the server that it does not export. */
export function loadServerModule(checkout, file) {
  return import(pathToFileURL(`${checkout}/packages/server/dist/${file}`).href);
}

/** Limits the storage thread runs with, so that a loader can run with the same. */
export function loadStorageLimits(checkout) {
  return loadServerModule(checkout, 'storage/limits.js');
}
