'use strict';
// Prints every name that a package has: of its objects, its functions, and of what its classes give their objects. What begins
// with `_` is nobody's.
const LEVELS_MAX = 4;
const OF_FUNCTIONS = /^_|^(length|name|arguments|caller|constructor|prototype)$/;

const names = new Set();
visit(require(process.argv[2]), '', 1);
process.stdout.write(JSON.stringify([...names]));

function visit(holder, path, level) {
  if (level > LEVELS_MAX || (typeof holder !== 'function' && (typeof holder !== 'object' || holder === null))) return;
  for (
    let at = holder;
    at !== null && at !== Object.prototype && at !== Function.prototype;
    at = Object.getPrototypeOf(at)
  ) {
    for (const name of Object.getOwnPropertyNames(at)) {
      if (OF_FUNCTIONS.test(name)) continue;
      names.add(path + name);
      visit(Object.getOwnPropertyDescriptor(at, name).value, `${path}${name}.`, level + 1);
    }
  }
  const { prototype } = holder;
  if (typeof holder === 'function' && prototype) visit(prototype, `${path}prototype.`, level + 1);
}
