'use strict';
// `require` and `import` share this object, so that one process has one context, one sampler and one socket. The copy leaves
// `__esModule` behind: `import AWSXRay from …` is the whole API in Node and in every bundler.
module.exports = { ...require('./cjs/dist/index.js') };
