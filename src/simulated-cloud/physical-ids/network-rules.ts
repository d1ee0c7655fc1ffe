import { type IdentityRules, named } from './identity-rule.ts';

const arn = 'arn:{partition}';
const elb = `${arn}:elasticloadbalancing:{region}:{account}`;

/** EC2 networking, load balancing, names and certificates. Source: AWS CloudFormation template reference, "Return values". */
export const networkRules: IdentityRules = {
  'AWS::EC2::VPC': {
    id: 'vpc-{hex17}',
    attributes: {
      VpcId: '{id}',
      CidrBlock: '{=CidrBlock|10.0.0.0/16}',
      CidrBlockAssociations: ['vpc-cidr-assoc-{hex17:cidr}'],
      DefaultNetworkAcl: 'acl-{hex17:acl}',
      DefaultSecurityGroup: 'sg-{hex17:sg}',
      Ipv6CidrBlocks: [],
    },
  },
  'AWS::EC2::Subnet': {
    id: 'subnet-{hex17}',
    attributes: {
      SubnetId: '{id}',
      VpcId: '{=VpcId}',
      AvailabilityZone: '{=AvailabilityZone|{region}a}',
      AvailabilityZoneId: 'use1-az1',
      CidrBlock: '{=CidrBlock}',
      NetworkAclAssociationId: 'aclassoc-{hex17:acl}',
      OutpostArn: '',
      Ipv6CidrBlocks: [],
    },
  },
  'AWS::EC2::SecurityGroup': {
    name: named('GroupName', 255, { unique: 'no' }), // unique in its VPC only
    id: 'sg-{hex17}',
    attributes: { GroupId: '{id}', Id: '{id}', VpcId: '{=VpcId|vpc-{hex17:default}}' },
  },
  'AWS::EC2::SecurityGroupIngress': { id: 'sgr-{hex17}', attributes: { Id: '{id}' } },
  'AWS::EC2::SecurityGroupEgress': { id: 'sgr-{hex17}', attributes: { Id: '{id}' } },
  'AWS::EC2::InternetGateway': { id: 'igw-{hex17}', attributes: { InternetGatewayId: '{id}' } },
  'AWS::EC2::NatGateway': { id: 'nat-{hex17}', attributes: { NatGatewayId: '{id}', EniId: 'eni-{hex17:eni}' } },
  'AWS::EC2::RouteTable': { id: 'rtb-{hex17}', attributes: { RouteTableId: '{id}' } },
  'AWS::EC2::Route': {
    id: '{=RouteTableId}|{=DestinationCidrBlock|{=DestinationIpv6CidrBlock|{=DestinationPrefixListId}}}',
    attributes: { CidrBlock: '{=DestinationCidrBlock|{=DestinationIpv6CidrBlock}}' },
  },
  'AWS::EC2::SubnetRouteTableAssociation': { id: 'rtbassoc-{hex17}', attributes: { Id: '{id}' } },
  'AWS::EC2::VPCGatewayAttachment': { id: 'IGW|{=VpcId}', attributes: { AttachmentType: 'IGW' } },
  'AWS::EC2::VPCEndpoint': {
    id: 'vpce-{hex17}',
    attributes: {
      Id: '{id}',
      CreationTimestamp: '{now}',
      DnsEntries: ['Z{alnum12:zone}:{id}-{alnum8:dns}.vpce.{region}.{suffix}'],
      NetworkInterfaceIds: ['eni-{hex17:eni}'],
    },
  },
  'AWS::EC2::EIP': { id: '{ip}', attributes: { PublicIp: '{id}', AllocationId: 'eipalloc-{hex17}' } },
  'AWS::EC2::EIPAssociation': { id: 'eipassoc-{hex17}', attributes: { Id: '{id}' } },
  'AWS::EC2::NetworkInterface': {
    id: 'eni-{hex17}',
    attributes: { Id: '{id}', PrimaryPrivateIpAddress: '10.0.0.10', VpcId: 'vpc-{hex17:vpc}' },
  },
  'AWS::EC2::Instance': {
    id: 'i-{hex17}',
    attributes: {
      InstanceId: '{id}',
      AvailabilityZone: '{=AvailabilityZone|{region}a}',
      PrivateDnsName: 'ip-10-0-0-10.{region}.compute.internal',
      PrivateIp: '10.0.0.10',
      PublicDnsName: '{id}.{region}.compute.{suffix}',
      PublicIp: '{ip}',
      VpcId: 'vpc-{hex17:vpc}',
    },
  },
  'AWS::EC2::LaunchTemplate': {
    name: named('LaunchTemplateName', 128),
    id: 'lt-{hex17}',
    attributes: { LaunchTemplateId: '{id}', DefaultVersionNumber: '1', LatestVersionNumber: '{generation}' },
  },
  'AWS::EC2::Volume': { id: 'vol-{hex17}', attributes: { VolumeId: '{id}' } },
  'AWS::ElasticLoadBalancingV2::LoadBalancer': {
    name: named('Name', 32),
    id: `${elb}:loadbalancer/{Type?network=net|gateway=gwy|app}/{name}/{hex16}`,
    attributes: {
      LoadBalancerArn: '{id}',
      CanonicalHostedZoneID: 'Z35SXDOTRQ7X7K',
      DNSName: '{name}-{digits10}.{region}.elb.{suffix}',
      LoadBalancerFullName: '{Type?network=net|gateway=gwy|app}/{name}/{hex16}',
      LoadBalancerName: '{name}',
      SecurityGroups: ['sg-{hex17:sg}'],
    },
  },
  'AWS::ElasticLoadBalancingV2::TargetGroup': {
    name: named('Name', 32),
    id: `${elb}:targetgroup/{name}/{hex16}`,
    attributes: {
      TargetGroupArn: '{id}',
      LoadBalancerArns: [],
      TargetGroupFullName: 'targetgroup/{name}/{hex16}',
      TargetGroupName: '{name}',
    },
  },
  'AWS::ElasticLoadBalancingV2::Listener': {
    id: `${elb}:listener/{LoadBalancerArn>loadbalancer/}/{hex16}`,
    attributes: { ListenerArn: '{id}' },
  },
  'AWS::ElasticLoadBalancingV2::ListenerRule': {
    id: `${elb}:listener-rule/{ListenerArn>listener/}/{hex16}`,
    attributes: { RuleArn: '{id}', IsDefault: false },
  },
  'AWS::Route53::HostedZone': {
    id: 'Z{ALNUM20}',
    attributes: {
      Id: '{id}',
      NameServers: ['ns-{digits3:1}.awsdns-{digits2:1}.com', 'ns-{digits3:2}.awsdns-{digits2:2}.net'],
    },
  },
  'AWS::Route53::RecordSet': { id: '{=Name}' },
  'AWS::Route53::RecordSetGroup': { name: named('-', 64, { unique: 'no' }), id: '{name}', attributes: { Id: '{id}' } },
  'AWS::ServiceDiscovery::PrivateDnsNamespace': {
    id: 'ns-{alnum16}',
    attributes: {
      Id: '{id}',
      Arn: `${arn}:servicediscovery:{region}:{account}:namespace/{id}`,
      HostedZoneId: 'Z{ALNUM20:zone}',
    },
  },
  'AWS::ServiceDiscovery::HttpNamespace': {
    id: 'ns-{alnum16}',
    attributes: { Id: '{id}', Arn: `${arn}:servicediscovery:{region}:{account}:namespace/{id}` },
  },
  'AWS::ServiceDiscovery::Service': {
    id: 'srv-{alnum16}',
    attributes: {
      Id: '{id}',
      Arn: `${arn}:servicediscovery:{region}:{account}:service/{id}`,
      Name: '{=Name|{logical}}',
    },
  },
  'AWS::CertificateManager::Certificate': {
    id: `${arn}:acm:{region}:{account}:certificate/{uuid}`,
    attributes: { Id: '{id}', CertificateArn: '{id}' },
  },
  'AWS::CloudFront::Distribution': {
    id: 'E{ALNUM13}',
    attributes: { Id: '{id}', DomainName: 'd{alnum13:domain}.cloudfront.net' },
  },
  'AWS::ApiGateway::RestApi': {
    id: '{alnum10}',
    attributes: { RestApiId: '{id}', RootResourceId: '{alnum10:root}' },
  },
  'AWS::ApiGateway::Resource': { id: '{alnum6}', attributes: { ResourceId: '{id}' } },
  'AWS::ApiGateway::Method': { name: named('-', 64, { unique: 'no' }), id: '{name}' },
  'AWS::ApiGateway::Deployment': { id: '{alnum6}', attributes: { DeploymentId: '{id}' } },
  'AWS::ApiGateway::Stage': { id: '{=StageName|Prod}' },
  'AWS::ApiGatewayV2::Api': {
    id: '{alnum10}',
    attributes: {
      ApiId: '{id}',
      ApiEndpoint: 'https://{id}.execute-api.{region}.{suffix}',
      ExecuteApiArn: `${arn}:execute-api:{region}:{account}:{id}`,
    },
  },
  'AWS::ApiGatewayV2::Integration': { id: '{alnum7}', attributes: { IntegrationId: '{id}' } },
  'AWS::ApiGatewayV2::Route': { id: '{alnum7}', attributes: { RouteId: '{id}' } },
  'AWS::ApiGatewayV2::Stage': { id: '{=StageName}' },
  'AWS::ApiGatewayV2::VpcLink': { id: '{alnum6}', attributes: { VpcLinkId: '{id}' } },
  'AWS::AppMesh::Mesh': {
    id: '{=MeshName|{logical}}',
    attributes: {
      Id: `${arn}:appmesh:{region}:{account}:mesh/{id}`,
      Arn: `${arn}:appmesh:{region}:{account}:mesh/{id}`,
      MeshName: '{id}',
      MeshOwner: '{account}',
      ResourceOwner: '{account}',
      Uid: '{uuid}',
    },
  },
};
