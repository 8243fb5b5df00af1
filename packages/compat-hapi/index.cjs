'use strict';
const { plugin } = require('@fluoroscope/sdk').hapiPlugin;
module.exports = { plugin };
