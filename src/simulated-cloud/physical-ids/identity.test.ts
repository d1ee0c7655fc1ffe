import { expect, test } from 'vitest';
import type { PublishedIdentity } from './generic-rule.ts';
import { identify } from './identity.ts';

const request = {
  seed: 'seed',
  accountId: '111111111111',
  region: 'eu-west-1',
  stackName: 'shop',
  stackId: 'arn:aws:cloudformation:eu-west-1:111111111111:stack/shop/1',
  logicalId: 'Thing',
  generation: 1,
  createdAt: new Date('2026-01-02T03:04:05Z'),
  published: undefined,
};

const cases = [
  { type: 'AWS::EC2::VPC', properties: {}, id: /^vpc-[0-9a-f]{17}$/ },
  { type: 'AWS::S3::Bucket', properties: {}, id: /^shop-thing-[a-z0-9]{12}$/ },
  { type: 'AWS::S3::Bucket', properties: { BucketName: 'mine' }, id: /^mine$/ },
  { type: 'AWS::SNS::Topic', properties: {}, id: /^arn:aws:sns:eu-west-1:111111111111:shop-Thing-[A-Z0-9]{12}$/ },
  {
    type: 'AWS::ECS::Service',
    properties: { Cluster: 'arn:aws:ecs:eu-west-1:111111111111:cluster/main', ServiceName: 'web' },
    id: /^arn:aws:ecs:eu-west-1:111111111111:service\/main\/web$/,
  },
  {
    type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    properties: { Type: 'network' },
    id: /:loadbalancer\/net\/shop-Thing-[A-Z0-9]{12}\/[0-9a-f]{16}$/,
  },
  {
    type: 'AWS::ElasticLoadBalancingV2::Listener',
    properties: { LoadBalancerArn: 'arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/lb/0a' },
    id: /:listener\/app\/lb\/0a\/[0-9a-f]{16}$/,
  },
  { type: 'AWS::EC2::EIP', properties: {}, id: /^52(\.\d{1,3}){3}$/ },
  {
    type: 'AWS::EC2::Route',
    properties: { RouteTableId: 'rtb-1', DestinationIpv6CidrBlock: '::/0' },
    id: /^rtb-1\|::\/0$/,
  },
  { type: 'Custom::Anything', properties: {}, id: /^shop-Thing-[A-Z0-9]{12}$/ },
];
test.each(cases)('$type $properties', ({ type, properties, id }) => {
  expect(identify({ ...request, type, properties }).physicalId).toMatch(id);
});

test('the same request gives the same identity, another generation another one', () => {
  const bucket = { ...request, type: 'AWS::S3::Bucket', properties: {} };
  expect(identify(bucket)).toEqual(identify(bucket));
  expect(identify({ ...bucket, generation: 2 }).physicalId).not.toBe(identify(bucket).physicalId);
  expect(identify({ ...bucket, seed: 'other' }).physicalId).not.toBe(identify(bucket).physicalId);
});

test('an update in place keeps drawn attributes and follows given ones', () => {
  const before = identify({ ...request, type: 'AWS::RDS::DBInstance', properties: { Port: 5432 } });
  const after = identify({ ...request, type: 'AWS::RDS::DBInstance', properties: { Port: 5433 } });
  expect(after.attributes['Endpoint.Address']).toBe(before.attributes['Endpoint.Address']);
  expect(after.attributes['Endpoint.Port']).toBe('5433');
});

test('a long stack name leaves room for the logical id and the suffix', () => {
  const identity = identify({
    ...request,
    stackName: 'a'.repeat(128),
    logicalId: 'B'.repeat(60),
    type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
    properties: {},
  });
  expect(identity.claim?.name).toMatch(/^a{9}-B{9}-[A-Z0-9]{12}$/);
});

test('names are claimed within what their service keeps them unique', () => {
  expect(identify({ ...request, type: 'AWS::IAM::Role', properties: { RoleName: 'r' } }).claim).toEqual({
    type: 'AWS::IAM::Role',
    name: 'r',
    unique: 'account',
    custom: true,
  });
  expect(identify({ ...request, type: 'AWS::EC2::VPC', properties: {} }).claim).toBeUndefined();
});

test('a type without a rule of its own takes form from its published schema', () => {
  const published: PublishedIdentity = {
    refParts: ['WidgetName'],
    attributes: [
      { name: 'Arn', type: 'text' },
      { name: 'Endpoint.Port', type: 'number' },
      { name: 'CreatedAt', type: 'text' },
    ],
    properties: new Set(['WidgetName']),
  };
  const identity = identify({ ...request, type: 'AWS::Widgets::Widget', properties: { WidgetName: 'w' }, published });
  expect(identity.physicalId).toBe('w');
  expect(identity.attributes).toEqual({
    Arn: 'arn:aws:widgets:eu-west-1:111111111111:widget/w',
    'Endpoint.Port': 443,
    CreatedAt: '2026-01-02T03:04:05.000Z',
  });
});
