'use strict';
const { captureFetchGlobal, captureFetchModule, enableCapture } = require('@fluoroscope/sdk');
module.exports = { captureFetchGlobal, captureFetchModule, enableCapture };
