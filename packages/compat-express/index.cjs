'use strict';
const { openSegment, closeSegment } = require('@fluoroscope/sdk').express;
module.exports = { openSegment, closeSegment };
