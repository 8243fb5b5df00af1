'use strict';
// The SDK has `express`, `captureMySQL` and `capturePostgres` itself.
module.exports = require('@fluoroscope/sdk');
