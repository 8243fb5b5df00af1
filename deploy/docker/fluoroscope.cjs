#!/usr/local/bin/node
void import('/app/packages/cli/dist/main.js');
