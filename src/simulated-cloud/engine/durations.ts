import type { TaskVerb } from '../state/stack.ts';

/** Seconds that the real service takes for a resource of a type, roughly. Source: everyday experience with it. */
const createSeconds: Readonly<Record<string, number>> = {
  'AWS::ApiGateway::RestApi': 3,
  'AWS::AppRunner::Service': 180,
  'AWS::AutoScaling::AutoScalingGroup': 90,
  'AWS::CertificateManager::Certificate': 120,
  'AWS::CloudFront::Distribution': 240,
  'AWS::CodePipeline::Pipeline': 4,
  'AWS::DynamoDB::Table': 30,
  'AWS::EC2::EIP': 15,
  'AWS::EC2::Instance': 40,
  'AWS::EC2::InternetGateway': 16,
  'AWS::EC2::NatGateway': 110,
  'AWS::EC2::VPC': 12,
  'AWS::EC2::VPCEndpoint': 60,
  'AWS::ECS::Cluster': 8,
  'AWS::ECS::Service': 90,
  'AWS::EFS::FileSystem': 10,
  'AWS::EFS::MountTarget': 90,
  'AWS::EKS::Cluster': 600,
  'AWS::EKS::Nodegroup': 180,
  'AWS::ElastiCache::CacheCluster': 300,
  'AWS::ElastiCache::ReplicationGroup': 480,
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 120,
  'AWS::IAM::InstanceProfile': 120,
  'AWS::IAM::ManagedPolicy': 16,
  'AWS::IAM::Policy': 16,
  'AWS::IAM::Role': 18,
  'AWS::KMS::Key': 120,
  'AWS::Lambda::Function': 8,
  'AWS::OpenSearchService::Domain': 900,
  'AWS::RDS::DBCluster': 60,
  'AWS::RDS::DBInstance': 360,
  'AWS::Redshift::Cluster': 300,
  'AWS::Route53::HostedZone': 40,
  'AWS::Route53::RecordSet': 35,
  'AWS::S3::Bucket': 22,
  'AWS::SNS::Topic': 12,
  'AWS::SQS::Queue': 62,
  'AWS::ServiceDiscovery::PrivateDnsNamespace': 45,
};

const otherSeconds = 5;
/** An update in place and a deletion are mostly quicker than a creation. */
const shareOf: Readonly<Record<TaskVerb, number>> = { create: 1, update: 0.6, delete: 0.5, import: 0.2 };

export type Durations = Readonly<Record<string, number>>;

/** @param own seconds of a creation by type, before the built-in ones; `*` is for all types that are not named */
export function durationSeconds(type: string, verb: TaskVerb, own: Durations = {}): number {
  const seconds = own[type] ?? own['*'] ?? createSeconds[type] ?? otherSeconds;
  return seconds * shareOf[verb];
}
