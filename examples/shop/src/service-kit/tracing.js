// Every service imports this file before anything else: what is imported later finds `http` patched.
//
// Only the default import is the module object that the SDK can patch. A namespace (`import * as http`) is frozen,
// and named imports (`import { request }`) keep pointing at the untraced functions.
import http from 'node:http';
import https from 'node:https';
import AWSXRay from 'aws-xray-sdk-core';

AWSXRay.captureHTTPsGlobal(http);
AWSXRay.captureHTTPsGlobal(https);
