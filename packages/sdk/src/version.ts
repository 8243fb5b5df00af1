/** Of this package; sent with every segment as `aws.xray.sdk_version`. */
export const SDK_VERSION = '0.1.0';
export const SDK_PACKAGE = '@fluoroscope/sdk';
