/**
 * Names as documents write them: `StopInstances`, `stop_instances`, `stopInstances`; `EC2`, `Codedeploy`, `Step Functions`.
 * What is left after this is compared.
 */
export function loose(name: string): string {
  return name.replace(/[^A-Za-z0-9]/g, '').toLowerCase()
}

/**
 * Other names of services: their service ids, and what else AWS calls them. The files in services/ are named as boto3
 * names its clients.
 */
export const serviceAliases: ReadonlyMap<string, string> = new Map(
  Object.entries({
    applicationdiscoveryservice: 'discovery',
    cloudwatchevents: 'events',
    cloudwatchlogs: 'logs',
    cognitoidentityprovider: 'cognito-idp',
    configservice: 'config',
    costandusagereportservice: 'cur',
    costexplorer: 'ce',
    databasemigrationservice: 'dms',
    directoryservice: 'ds',
    directoryservicedata: 'ds-data',
    elasticloadbalancing: 'elb',
    elasticloadbalancingv2: 'elbv2',
    elasticsearchservice: 'es',
    eventbridge: 'events',
    iotdataplane: 'iot-data',
    iotjobsdataplane: 'iot-jobs-data',
    lexmodelbuildingservice: 'lex-models',
    lexmodelsv2: 'lexv2-models',
    lexruntimeservice: 'lex-runtime',
    lexruntimev2: 'lexv2-runtime',
    marketplaceentitlementservice: 'marketplace-entitlement',
    marketplacemetering: 'meteringmarketplace',
    migrationhub: 'mgh',
    monitoring: 'cloudwatch',
    serverlessapplicationrepository: 'serverlessrepo',
    sfn: 'stepfunctions',
    simpledb: 'sdb',
    states: 'stepfunctions',
  }),
)
