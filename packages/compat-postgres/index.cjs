'use strict';
const sdk = require('@fluoroscope/sdk');
// A function, and the name that the declarations promise.
module.exports = (pg) => sdk.capturePostgres(pg);
module.exports.capturePostgres = module.exports;
