'use strict';
const { openSegment } = require('@fluoroscope/sdk').koa;
module.exports = { openSegment };
