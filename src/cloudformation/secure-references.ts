import { dynamicReferencesIn } from './dynamic-references.ts';
import { type EvaluatedValue, isEvaluatedList, isEvaluatedObject } from './template-value.ts';

/**
 * Properties that take `ssm-secure` references; the last name of a path, with its type. Source: user guide, "Resources
 * that support dynamic parameter patterns for secure strings".
 */
const takesSecure: Readonly<Record<string, readonly string[]>> = {
  'AWS::DirectoryService::MicrosoftAD': ['Password'],
  'AWS::DirectoryService::SimpleAD': ['Password'],
  'AWS::ElastiCache::ReplicationGroup': ['AuthToken'],
  'AWS::IAM::User': ['LoginProfile/Password'],
  'AWS::KinesisFirehose::DeliveryStream': ['RedshiftDestinationConfiguration/Password'],
  'AWS::OpsWorks::App': ['AppSource/Password'],
  'AWS::OpsWorks::Stack': ['CustomCookbooksSource/Password', 'RdsDbInstances/DbPassword'],
  'AWS::RDS::DBCluster': ['MasterUserPassword'],
  'AWS::RDS::DBInstance': ['MasterUserPassword'],
  'AWS::Redshift::Cluster': ['MasterUserPassword'],
};

/** Paths such as `AWS::EC2::Instance/Properties/UserData` at which an `ssm-secure` reference stands that it may not. */
export function forbiddenSecureReferences(type: string, properties: EvaluatedValue): readonly string[] {
  const found: string[] = [];
  const walk = (value: EvaluatedValue, path: readonly string[]): void => {
    if (typeof value === 'string') {
      const isSecure = dynamicReferencesIn(value).some(({ service }) => service === 'ssm-secure');
      if (isSecure && !takesSecure[type]?.includes(path.join('/'))) found.push(`${type}/Properties/${path.join('/')}`);
    } else if (isEvaluatedList(value)) for (const item of value) walk(item, path);
    else if (isEvaluatedObject(value)) for (const [key, member] of Object.entries(value)) walk(member, [...path, key]);
  };
  walk(properties, []);
  return found;
}
