import { expect, test } from 'vitest';
import { compareReach } from './network-exposure.ts';

const ingress = (...rules: object[]) => ({ SecurityGroupIngress: rules }) as never;
const tcp = (CidrIp: string, FromPort: number, ToPort = FromPort) => ({ IpProtocol: 'tcp', FromPort, ToPort, CidrIp });

test.each([
  { name: 'a wider block', before: [tcp('10.0.0.0/8', 80)], after: [tcp('0.0.0.0/0', 80)], widened: 1, narrowed: 0 },
  {
    name: 'a narrower block',
    before: [tcp('10.0.0.0/8', 80)],
    after: [tcp('10.1.0.0/16', 80)],
    widened: 0,
    narrowed: 1,
  },
  { name: 'another block', before: [tcp('10.0.0.0/16', 80)], after: [tcp('10.1.0.0/16', 80)], widened: 1, narrowed: 1 },
  {
    name: 'one port more',
    before: [tcp('10.0.0.0/8', 80)],
    after: [tcp('10.0.0.0/8', 80, 81)],
    widened: 1,
    narrowed: 0,
  },
  {
    name: 'every protocol',
    before: [tcp('10.0.0.0/8', 80)],
    after: [{ IpProtocol: -1, CidrIp: '10.0.0.0/8' }],
    widened: 1,
    narrowed: 0,
  },
  {
    name: 'the same in other words',
    before: [tcp('10.0.0.0/8', 80)],
    after: [{ ...tcp('10.0.0.0/8', 80), IpProtocol: '6', FromPort: '80' }],
    widened: 0,
    narrowed: 0,
  },
  {
    name: 'IPv6',
    before: [{ IpProtocol: 'tcp', FromPort: 80, ToPort: 80, CidrIpv6: '2001:db8::/32' }],
    after: [{ IpProtocol: 'tcp', FromPort: 80, ToPort: 80, CidrIpv6: '::/0' }],
    widened: 1,
    narrowed: 0,
  },
])('ingress: $name', ({ before, after, widened, narrowed }) => {
  const reach = compareReach('AWS::EC2::SecurityGroup', ingress(...before), ingress(...after));
  expect([reach.widened.length, reach.narrowed.length]).toEqual([widened, narrowed]);
});

test('a firewall without rules for the way out lets everything out', () => {
  const web = { SecurityGroupEgress: [tcp('0.0.0.0/0', 443)] } as never;
  expect(compareReach('AWS::EC2::SecurityGroup', {}, web).narrowed).toHaveLength(1);
  expect(compareReach('AWS::EC2::SecurityGroup', web, {}).widened).toHaveLength(1);
});

test.each([
  ['AWS::RDS::DBInstance', { PubliclyAccessible: false }, { PubliclyAccessible: true }],
  ['AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal' }, {}],
  ['AWS::Lambda::Url', { AuthType: 'AWS_IAM' }, { AuthType: 'NONE' }],
  ['AWS::S3::Bucket', { PublicAccessBlockConfiguration: { BlockPublicAcls: true } }, {}],
  [
    'AWS::ApiGateway::RestApi',
    { EndpointConfiguration: { Types: ['PRIVATE'] } },
    { EndpointConfiguration: { Types: ['REGIONAL'] } },
  ],
] as const)('%s opens', (type, before, after) => {
  expect(compareReach(type, before, after).widened).toHaveLength(1);
  expect(compareReach(type, after, before).widened).toEqual([]);
});
