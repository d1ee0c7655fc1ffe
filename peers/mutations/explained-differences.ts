/** Differences, of the same kind, between what is said of a change (`said`) and what moto shows of it (`happened`). */
export interface ExplainedOnMoto {
  /** Types of resources; ids of cases, where it is of the stack as a whole. */
  readonly of: readonly string[];
  readonly said: string;
  readonly happened: string;
  /** By what is documented of the real service. */
  readonly right: 'the prediction' | 'moto';
  readonly why: string;
  readonly source: string;
}

const forgets = {
  happened: 'removed',
  right: 'the prediction',
  why: 'moto has no update of the type: it leaves the resource as it is, and forgets that it belongs to the stack',
} as const;

const pages = 'CloudFormation template reference, the pages of these types';

export const explainedOnMoto: readonly ExplainedOnMoto[] = [
  {
    ...forgets,
    of: [
      'AWS::DynamoDB::Table',
      'AWS::EC2::VPC',
      'AWS::EFS::FileSystem',
      'AWS::KMS::Key',
      'AWS::Logs::LogGroup',
      'AWS::RDS::DBParameterGroup',
      'AWS::Redshift::Cluster',
    ],
    said: 'update-in-place',
    source: `${pages}: what the cases change requires no replacement`,
  },
  {
    ...forgets,
    of: ['AWS::EC2::Instance'],
    said: 'update-interrupt',
    source: 'CloudFormation template reference, AWS::EC2::Instance, UserData and InstanceType: some interruptions',
  },
  {
    ...forgets,
    of: [
      'AWS::ApiGateway::Resource',
      'AWS::DynamoDB::Table',
      'AWS::EC2::Subnet',
      'AWS::EFS::AccessPoint',
      'AWS::EFS::FileSystem',
      'AWS::ElasticLoadBalancingV2::TargetGroup',
      'AWS::KMS::Key',
      'AWS::RDS::DBParameterGroup',
      'AWS::RDS::DBSubnetGroup',
      'AWS::Redshift::Cluster',
    ],
    said: 'replace',
    source: `${pages}: what the cases change requires replacement`,
  },
  {
    ...forgets,
    of: ['AWS::DynamoDB::Table', 'AWS::EC2::Volume', 'AWS::ElasticLoadBalancingV2::LoadBalancer'],
    said: 'none',
    source:
      'CloudFormation user guide, "Understand update behaviors of stack resources": another policy, spelling or order of the same changes no property',
  },
  {
    of: ['AWS::EC2::SecurityGroup', 'AWS::SNS::Topic'],
    said: 'none',
    happened: 'replaced',
    right: 'the prediction',
    why: 'the same is written otherwise, and moto makes these types anew whatever is changed',
    source:
      'CloudFormation user guide, "Understand update behaviors of stack resources"; the cases change an order and a spelling',
  },
  {
    of: ['AWS::EC2::SecurityGroup'],
    said: 'update-interrupt',
    happened: 'replaced',
    right: 'the prediction',
    why: 'moto makes the type anew whatever is changed',
    source: 'CloudFormation template reference, AWS::EC2::SecurityGroup, SecurityGroupIngress: no replacement',
  },
  {
    of: ['AWS::Events::Rule'],
    said: 'update-in-place',
    happened: 'replaced',
    right: 'the prediction',
    why: 'moto makes the type anew whatever is changed',
    source: 'CloudFormation template reference, AWS::Events::Rule, State and ScheduleExpression: no interruption',
  },
  {
    of: ['AWS::ECS::Service', 'AWS::Kinesis::Stream', 'AWS::S3::Bucket', 'AWS::StepFunctions::StateMachine'],
    said: 'replace',
    happened: 'kept',
    right: 'the prediction',
    why: 'moto updates the type, and passes over what it does not know to change: a launch type, the name of a stream, a lock of objects, the type of a state machine',
    source: `${pages}, LaunchType, Name, ObjectLockEnabled, StateMachineType: replacement`,
  },
  {
    of: ['AWS::Lambda::EventSourceMapping'],
    said: 'replace',
    happened: 'kept',
    right: 'the prediction',
    why: 'moto updates the type whatever is changed',
    source:
      'CloudFormation template reference, AWS::Lambda::EventSourceMapping, StartingPosition and EventSourceArn: replacement',
  },
  {
    of: [
      'AWS::AutoScaling::AutoScalingGroup',
      'AWS::EFS::AccessPoint',
      'AWS::EFS::MountTarget',
      'AWS::ElasticLoadBalancingV2::Listener',
      'AWS::ElasticLoadBalancingV2::LoadBalancer',
      'AWS::SQS::Queue',
    ],
    said: 'replace',
    happened: 'kept',
    right: 'the prediction',
    why: 'moto touches only what is written otherwise itself, not what changes by a reference, a condition or a default of a parameter',
    source:
      'CloudFormation user guide, "Understand update behaviors of stack resources": what refers to a replaced resource is updated with its new id',
  },
  {
    of: ['AWS::SQS::Queue'],
    said: 'remove',
    happened: 'kept',
    right: 'the prediction',
    why: 'moto looks at conditions of resources only when it makes them',
    source:
      'CloudFormation user guide, "Conditions syntax": resources whose condition is false are deleted at the update',
  },
  {
    of: [
      'bases-broker-named-replaced',
      'bases-broker-public',
      'data-kafka-disk-smaller',
      'data-kafka-subnets-named',
      'mix-drive-smaller',
      'mix-plain-replaced-named',
      'nested-output-gone',
      'parent-custom-token',
      'pool-attribute-removed',
      'pool-sign-in-changed',
    ],
    said: 'fails',
    happened: 'updated',
    right: 'the prediction',
    why: 'what fails is of a type that moto does not make, and was left out',
    source: 'the sources of the cases',
  },
  {
    of: ['balancer-opened-and-imported', 'fleet-vpc-exported', 'queue-topic-named-exported'],
    said: 'fails',
    happened: 'updated',
    right: 'the prediction',
    why: 'moto does not know who imports what',
    source:
      'CloudFormation user guide, "Get exported outputs from a deployed CloudFormation stack": "You can\'t modify or remove an output value that is referenced by another stack"',
  },
  {
    of: ['api-two-indexes-at-once', 'pool-disk-smaller', 'web-balancer-named-scheme'],
    said: 'fails',
    happened: 'updated',
    right: 'the prediction',
    why: 'moto has no update of the type: nothing is asked that could be refused',
    source: 'the sources of the cases: a second index at once, a smaller disk, a name that is taken',
  },
  {
    of: ['store-alias-moved'],
    said: 'goes through',
    happened: 'failed',
    right: 'the prediction',
    why: 'moto looks for the key, which the case has from elsewhere; no key can be made there with a given id',
    source: 'CloudFormation template reference, AWS::KMS::Alias, TargetKeyId: no interruption',
  },
  {
    of: ['web-service-of-another-type'],
    said: 'fails',
    happened: 'updated',
    right: 'the prediction',
    why: 'moto does not look whether the type is the same, and keeps what is there under the other',
    source: 'CloudFormation answers "Update of resource type is not permitted"; the sources of the case',
  },
  {
    of: ['pool-image-parameter-path'],
    said: 'fails',
    happened: 'updated',
    right: 'the prediction',
    why: 'another default of a parameter changes nothing at moto; at AWS the new machine may be in a zone that its disk cannot follow to',
    source: 'the sources of the case',
  },
];
