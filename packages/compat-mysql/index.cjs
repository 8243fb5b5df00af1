'use strict';
const sdk = require('@fluoroscope/sdk');
// A function, and the name that the declarations promise.
module.exports = (mysql) => sdk.captureMySQL(mysql);
module.exports.captureMySQL = module.exports;
