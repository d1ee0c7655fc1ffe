import { isCustomResource } from '../../cloudformation/index.ts';
import { type Demand, unfulfilled } from '../demand.ts';
import { type CheckedStack, type Problem, type TemplateRail, unseenStack } from '../guard-rail.ts';

const on = /^true$/i;

const logging: readonly Demand[] = [
  { type: 'AWS::CloudTrail::Trail', path: 'IsLogging', good: on, wrong: 'logs nothing.' },
  {
    type: 'AWS::CloudTrail::Trail',
    path: 'EnableLogFileValidation',
    good: on,
    wrong: 'does not protect its log files.',
  },
  { type: 'AWS::ApiGateway::Stage', path: 'AccessLogSetting', wrong: 'logs no access.' },
  { type: 'AWS::ApiGatewayV2::Stage', path: 'AccessLogSettings', wrong: 'logs no access.' },
  { type: 'AWS::CloudFront::Distribution', path: 'DistributionConfig/Logging', wrong: 'logs no access.' },
  { type: 'AWS::MSK::Cluster', path: 'LoggingInfo', wrong: 'logs nothing.' },
  { type: 'AWS::EKS::Cluster', path: 'Logging', wrong: 'logs nothing of its control plane.' },
  { type: 'AWS::Redshift::Cluster', path: 'LoggingProperties', wrong: 'logs nothing.' },
  { type: 'AWS::OpenSearchService::Domain', path: 'LogPublishingOptions', wrong: 'publishes no logs.' },
  { type: 'AWS::StepFunctions::StateMachine', path: 'LoggingConfiguration', wrong: 'logs nothing.' },
  { type: 'AWS::RDS::DBCluster', path: 'EnableCloudwatchLogsExports', wrong: 'exports no logs.' },
  {
    type: 'AWS::RDS::DBInstance',
    path: 'EnableCloudwatchLogsExports',
    unless: 'DBClusterIdentifier',
    wrong: 'exports no logs.',
  },
];

const retention: readonly Demand[] = [
  { type: 'AWS::Logs::LogGroup', path: 'RetentionInDays', wrong: 'keeps its logs for ever, and costs for ever.' },
];

const metadataService: readonly Demand[] = [
  {
    type: 'AWS::EC2::LaunchTemplate',
    path: 'LaunchTemplateData/MetadataOptions/HttpTokens',
    good: /^required$/,
    wrong: 'answers requests for credentials without a token (IMDSv1).',
  },
  {
    type: 'AWS::AutoScaling::LaunchConfiguration',
    path: 'MetadataOptions/HttpTokens',
    good: /^required$/,
    wrong: 'answers requests for credentials without a token (IMDSv1).',
  },
];

/** Parts of a deployment that no rail can look at. */
function unseen({ resources, macros, unseen: stacks }: CheckedStack): readonly Problem[] {
  const hidden = (type: string) => {
    if (type.endsWith('::MODULE')) return 'A module is not looked into.';
    if (isCustomResource(type)) return 'What a custom resource makes is not known.';
    return undefined;
  };
  return [
    ...macros.map((name): Problem => ({ message: `What the macro ${name} makes is not known.`, isUnknown: true })),
    ...resources.flatMap(({ logicalId, type }): Problem[] => {
      const stack = stacks.get(logicalId);
      const message = stack === undefined ? hidden(type) : unseenStack(stack);
      return message === undefined ? [] : [{ logicalId, type, message, isUnknown: true }];
    }),
  ];
}

function unseenStacks({ resources, unseen: stacks }: CheckedStack): readonly Problem[] {
  return resources.flatMap(({ logicalId, type }): Problem[] => {
    const why = stacks.get(logicalId);
    return why === undefined ? [] : [{ logicalId, type, message: unseenStack(why) }];
  });
}

export const operationRails: readonly TemplateRail[] = [
  {
    id: 'logging-on',
    looksAt: 'template',
    about: 'Trails, APIs, clusters and databases write logs.',
    remedy: 'Turn its logs on.',
    parameters: {},
    warnsByDefault: false,
    check: (stack) => unfulfilled(stack, logging),
  },
  {
    id: 'logs-end',
    looksAt: 'template',
    about: 'Log groups say how long they keep what is logged.',
    remedy: 'Write RetentionInDays.',
    parameters: {},
    warnsByDefault: true,
    check: (stack) => unfulfilled(stack, retention),
  },
  {
    id: 'metadata-needs-token',
    looksAt: 'template',
    about: 'Machines give credentials only to requests with a token (IMDSv2).',
    remedy: 'Write HttpTokens: required in MetadataOptions.',
    parameters: {},
    warnsByDefault: true,
    check: (stack) => unfulfilled(stack, metadataService),
  },
  {
    id: 'nothing-unseen',
    looksAt: 'template',
    about:
      'A deployment has no part that guard rails cannot look at: nested stacks from elsewhere, modules, macros, custom resources.',
    remedy: 'Write its resources into the template itself, or have somebody look at it.',
    parameters: {},
    warnsByDefault: false,
    looksForUnseen: true,
    check: unseen,
  },
  {
    id: 'no-unseen-stack',
    looksAt: 'template',
    about: 'Nested stacks are made of templates that lie in the bundle, so that they are looked into.',
    remedy: 'Lay its template into the folder of its parent, under the path with which its TemplateURL ends.',
    parameters: {},
    warnsByDefault: true,
    looksForUnseen: true,
    check: unseenStacks,
  },
];
