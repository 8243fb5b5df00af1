'use strict';
module.exports = require('@fluoroscope/sdk');
