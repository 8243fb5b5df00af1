import type * as sdk from '@fluoroscope/sdk';

export * from '@fluoroscope/sdk';

export namespace plugins {
  const EC2Plugin: typeof sdk.plugins.EC2Plugin;
  const ECSPlugin: typeof sdk.plugins.ECSPlugin;
  const EKSPlugin: typeof sdk.plugins.EKSPlugin;
  const ElasticBeanstalkPlugin: typeof sdk.plugins.ElasticBeanstalkPlugin;

  type EC2Plugin = typeof EC2Plugin;
  type ECSPlugin = typeof ECSPlugin;
  type EKSPlugin = typeof EKSPlugin;
  type ElasticBeanstalkPlugin = typeof ElasticBeanstalkPlugin;
  type Plugin = sdk.Plugin;
}

export namespace database {
  const SqlData: typeof sdk.database.SqlData;
  type SqlData = InstanceType<typeof sdk.database.SqlData>;
}

export declare const middleware: typeof sdk.middleware;
export namespace middleware {
  type RuleConfig = sdk.RuleConfig;
  type RulesConfig = sdk.RulesConfig;
  type IncomingRequestData = InstanceType<typeof sdk.middleware.IncomingRequestData>;
}
