'use strict';
const { enable } = require('@fluoroscope/sdk').restify;
module.exports = { enable };
