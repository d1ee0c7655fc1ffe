import { type IdentityRules, named } from './identity-rule.ts';

const arn = 'arn:{partition}';

/** Containers, functions, scaling and delivery. Source: AWS CloudFormation template reference, "Return values". */
export const computeRules: IdentityRules = {
  'AWS::AmazonMQ::Broker': {
    name: named('BrokerName', 50),
    id: 'b-{uuid}',
    attributes: { Arn: `${arn}:mq:{region}:{account}:broker:{name}:{id}` },
  },
  'AWS::MSK::Cluster': {
    name: named('ClusterName', 64),
    id: `${arn}:kafka:{region}:{account}:cluster/{name}/{uuid}-1`,
    attributes: { Arn: '{id}' },
  },
  'AWS::Batch::ComputeEnvironment': {
    name: named('ComputeEnvironmentName', 128),
    id: `${arn}:batch:{region}:{account}:compute-environment/{name}`,
    attributes: { ComputeEnvironmentArn: '{id}' },
  },
  'AWS::Batch::JobQueue': {
    name: named('JobQueueName', 128),
    id: `${arn}:batch:{region}:{account}:job-queue/{name}`,
    attributes: { JobQueueArn: '{id}' },
  },
  'AWS::ECS::Cluster': {
    name: named('ClusterName', 255),
    id: '{name}',
    attributes: { Arn: `${arn}:ecs:{region}:{account}:cluster/{name}` },
  },
  'AWS::ECS::Service': {
    name: named('ServiceName', 255, { unique: 'no' }), // unique in its cluster only
    id: `${arn}:ecs:{region}:{account}:service/{/Cluster|default}/{name}`,
    attributes: { ServiceArn: '{id}', Name: '{name}' },
  },
  'AWS::ECS::TaskDefinition': {
    name: named('Family', 255, { unique: 'no' }),
    id: `${arn}:ecs:{region}:{account}:task-definition/{name}:{generation}`,
    attributes: { TaskDefinitionArn: '{id}' },
  },
  'AWS::ECS::CapacityProvider': { name: named('Name', 255), id: '{name}' },
  'AWS::ECR::Repository': {
    name: named('RepositoryName', 256, { lowercase: true }),
    id: '{name}',
    attributes: {
      Arn: `${arn}:ecr:{region}:{account}:repository/{name}`,
      RepositoryUri: '{account}.dkr.ecr.{region}.{suffix}/{name}',
    },
  },
  'AWS::Lambda::Function': {
    name: named('FunctionName', 64),
    id: '{name}',
    attributes: { Arn: `${arn}:lambda:{region}:{account}:function:{name}` },
  },
  'AWS::Lambda::Version': {
    id: `${arn}:lambda:{region}:{account}:function:{/FunctionName}:{generation}`,
    attributes: { FunctionArn: '{id}', Version: '{generation}' },
  },
  'AWS::Lambda::Alias': {
    id: `${arn}:lambda:{region}:{account}:function:{/FunctionName}:{=Name}`,
    attributes: { AliasArn: '{id}' },
  },
  'AWS::Lambda::Permission': { name: named('-', 64, { unique: 'no' }), id: '{name}', attributes: { Id: '{id}' } },
  'AWS::Lambda::EventSourceMapping': {
    id: '{uuid}',
    attributes: { Id: '{id}', EventSourceMappingArn: `${arn}:lambda:{region}:{account}:event-source-mapping:{id}` },
  },
  'AWS::Lambda::LayerVersion': {
    id: `${arn}:lambda:{region}:{account}:layer:{=LayerName|{logical}}:{generation}`,
    attributes: { LayerVersionArn: '{id}' },
  },
  'AWS::Lambda::Url': {
    id: `${arn}:lambda:{region}:{account}:function:{/TargetFunctionArn}`,
    attributes: { FunctionArn: '{id}', FunctionUrl: 'https://{alnum32}.lambda-url.{region}.on.aws/' },
  },
  'AWS::AutoScaling::AutoScalingGroup': {
    name: named('AutoScalingGroupName', 255),
    id: '{name}',
    attributes: {
      AutoScalingGroupARN: `${arn}:autoscaling:{region}:{account}:autoScalingGroup:{uuid}:autoScalingGroupName/{name}`,
    },
  },
  'AWS::AutoScaling::LaunchConfiguration': { name: named('LaunchConfigurationName', 255), id: '{name}' },
  'AWS::AutoScaling::LifecycleHook': { name: named('LifecycleHookName', 255, { unique: 'no' }), id: '{name}' },
  'AWS::AutoScaling::ScalingPolicy': {
    id: `${arn}:autoscaling:{region}:{account}:scalingPolicy:{uuid}:autoScalingGroupName/{=AutoScalingGroupName}:policyName/{logical}`,
    attributes: { Arn: '{id}', PolicyName: '{logical}' },
  },
  'AWS::ApplicationAutoScaling::ScalableTarget': {
    id: '{=ResourceId}|{=ScalableDimension}|{=ServiceNamespace}',
    attributes: { Id: '{id}' },
  },
  'AWS::ApplicationAutoScaling::ScalingPolicy': {
    id: `${arn}:autoscaling:{region}:{account}:scalingPolicy:{uuid}:resource/{=ServiceNamespace|ecs}/{=ResourceId|{logical}}:policyName/{=PolicyName}`,
    attributes: { Arn: '{id}' },
  },
  'AWS::AppRunner::Service': {
    name: named('ServiceName', 40),
    id: `${arn}:apprunner:{region}:{account}:service/{name}/{hex32}`,
    attributes: {
      ServiceArn: '{id}',
      ServiceId: '{hex32}',
      ServiceUrl: '{alnum10:url}.{region}.awsapprunner.com',
      Status: 'RUNNING',
    },
  },
  'AWS::AppRunner::VpcConnector': {
    name: named('VpcConnectorName', 40, { unique: 'no' }),
    id: `${arn}:apprunner:{region}:{account}:vpcconnector/{name}/{generation}/{hex32}`,
    attributes: { VpcConnectorArn: '{id}', VpcConnectorRevision: '{generation}' },
  },
  'AWS::CodeBuild::Project': {
    name: named('Name', 150),
    id: '{name}',
    attributes: { Arn: `${arn}:codebuild:{region}:{account}:project/{name}`, Id: '{name}' },
  },
  'AWS::CodePipeline::Pipeline': {
    name: named('Name', 100),
    id: '{name}',
    attributes: { Arn: `${arn}:codepipeline:{region}:{account}:{name}`, Version: '1' },
  },
  'AWS::CodeDeploy::Application': { name: named('ApplicationName', 100), id: '{name}' },
  'AWS::CodeDeploy::DeploymentGroup': { name: named('DeploymentGroupName', 100, { unique: 'no' }), id: '{name}' },
  'AWS::StepFunctions::StateMachine': {
    name: named('StateMachineName', 80),
    id: `${arn}:states:{region}:{account}:stateMachine:{name}`,
    attributes: { Arn: '{id}', Name: '{name}', StateMachineRevisionId: '{uuid}' },
  },
  // The name of the nested stack: its id is known when it is made.
  'AWS::CloudFormation::Stack': { name: named('-', 128, { unique: 'no' }), id: '{name}' },
  'AWS::CloudFormation::WaitConditionHandle': {
    id: 'https://cloudformation-waitcondition-{region}.s3.{suffix}/{stackId}/{logical}?X-Amz-Signature={hex64}',
    attributes: { Id: '{id}' },
  },
  'AWS::CloudFormation::WaitCondition': {
    id: '{stackId}/{stack}-{logical}-{ALNUM12}',
    attributes: { Data: '{}', Id: '{id}' },
  },
};
