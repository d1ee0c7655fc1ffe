import { type EvaluatedObject, isUnknown, replacementAt, resourceSchema } from '../cloudformation/index.ts';
import { canonical } from './property-changes.ts';
import type { ResourcePair } from './prose-rules.ts';

/**
 * Properties that together make a name which can exist once, for types whose primary identifier does not say so.
 * Source: "Name type" and the resource pages of the CloudFormation user guide.
 */
const namesBesideIdentifier: Readonly<Record<string, readonly string[]>> = {
  'AWS::AmazonMQ::Broker': ['BrokerName'],
  'AWS::Batch::ComputeEnvironment': ['ComputeEnvironmentName'],
  'AWS::Batch::JobQueue': ['JobQueueName'],
  'AWS::CodePipeline::Pipeline': ['Name'],
  'AWS::DAX::Cluster': ['ClusterName'],
  'AWS::EC2::LaunchTemplate': ['LaunchTemplateName'],
  'AWS::EC2::SecurityGroup': ['GroupName', 'VpcId'],
  'AWS::ECS::CapacityProvider': ['Name'],
  'AWS::ECS::Service': ['ServiceName', 'Cluster'],
  'AWS::ElasticLoadBalancing::LoadBalancer': ['LoadBalancerName'],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ['Name'],
  'AWS::ElasticLoadBalancingV2::TargetGroup': ['Name'],
  'AWS::Events::Rule': ['Name', 'EventBusName'],
  'AWS::IAM::ManagedPolicy': ['ManagedPolicyName'],
  'AWS::MSK::Cluster': ['ClusterName'],
  'AWS::MSK::ServerlessCluster': ['ClusterName'],
  'AWS::OpenSearchService::Domain': ['DomainName'],
  'AWS::Elasticsearch::Domain': ['DomainName'],
  'AWS::Route53::RecordSet': ['Name', 'Type', 'HostedZoneId', 'SetIdentifier'],
  'AWS::SNS::Topic': ['TopicName'],
  'AWS::SQS::Queue': ['QueueName'],
  'AWS::SecretsManager::Secret': ['Name'],
  'AWS::StepFunctions::Activity': ['Name'],
  'AWS::StepFunctions::StateMachine': ['StateMachineName'],
  'AWS::WAFv2::IPSet': ['Name', 'Scope'],
  'AWS::WAFv2::RuleGroup': ['Name', 'Scope'],
  'AWS::WAFv2::WebACL': ['Name', 'Scope'],
};

/**
 * The name that old and new resource would have at the same time, as text; undefined where there is none. A new
 * resource is created before the old one goes, except for the few types whose schema says otherwise.
 * @param movedNames properties whose value changes because they read a replaced resource
 */
export function sharedName(pair: ResourcePair, movedNames: ReadonlySet<string>): string | undefined {
  const schema = resourceSchema(pair.type);
  if (!schema || schema.replacementStrategy === 'delete_then_create') return undefined;
  const names = nameProperties(pair.type);
  const first = names[0];
  if (first === undefined || pair.after[first] === undefined) return undefined;
  const isShared = names.every(
    (name) => canonical(pair.before[name]) === canonical(pair.after[name]) && !movedNames.has(name),
  );
  if (!isShared) return undefined;
  const value = pair.after[first];
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The properties that together name a resource of a type, where a template can choose its name; else none. */
function nameProperties(type: string): readonly string[] {
  const schema = resourceSchema(type);
  const beside = namesBesideIdentifier[type];
  if (!schema || beside) return beside ?? [];
  const isName = (name: string) =>
    schema.properties[name] !== undefined && replacementAt(schema, [name]).replaces === 'yes';
  return schema.primaryIdentifier.every(isName) ? schema.primaryIdentifier : [];
}

/** The name that a template gives a resource, where every part of it is known; else undefined. */
export function chosenName(type: string, properties: EvaluatedObject): ChosenName | undefined {
  const parts = nameProperties(type).flatMap((name) => {
    const value = properties[name];
    return value === undefined ? [] : [value];
  });
  const [first] = parts;
  if (typeof first !== 'string' || parts.some(isUnknown)) return undefined;
  return { type, name: first, key: canonical(parts) };
}

/** What can exist once in an account and region. */
export interface ChosenName {
  readonly type: string;
  readonly name: string;
  /** Of all properties that make the name. */
  readonly key: string;
}
