import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../state/json.ts';
import { type Impact, updateImpact, updateRefusal } from './update-impact.ts';
import type { ResourceUpdate } from './value-rules.ts';

const index = (IndexName: string, attribute = 'a'): JsonObject => ({
  IndexName,
  KeySchema: [{ AttributeName: attribute, KeyType: 'HASH' }],
});
const attribute = (AttributeType: string): JsonObject => ({
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType }],
});

describe('values decide whether a resource is replaced', () => {
  const vpc = 'AWS::EC2::VPC';
  const search = 'AWS::OpenSearchService::Domain';
  const group = 'AWS::ElastiCache::ReplicationGroup';
  test.each<ResourceUpdate & { readonly impact: Impact }>([
    { type: vpc, before: {}, after: { InstanceTenancy: 'dedicated' }, impact: 'replace' },
    { type: vpc, before: { InstanceTenancy: 'dedicated' }, after: {}, impact: 'in-place' },
    { type: 'AWS::RDS::DBInstance', before: { DBSnapshotIdentifier: 's' }, after: {}, impact: 'replace' },
    { type: 'AWS::DynamoDB::Table', before: attribute('S'), after: attribute('N'), impact: 'replace' },
    { type: 'AWS::DynamoDB::Table', before: {}, after: attribute('N'), impact: 'in-place' },
    { type: search, before: { EngineVersion: 'a' }, after: { EngineVersion: 'b' }, impact: 'replace' },
    {
      ...{ type: search, before: { EngineVersion: 'a' }, after: { EngineVersion: 'b' } },
      ...{ updatePolicy: { EnableVersionUpgrade: true }, impact: 'in-place' },
    },
    { type: group, before: { NumNodeGroups: 1 }, after: { NumNodeGroups: 2 }, impact: 'replace' },
    {
      ...{ type: group, before: { NumNodeGroups: 1 }, after: { NumNodeGroups: 2 } },
      ...{ updatePolicy: { UseOnlineResharding: 'true' }, impact: 'in-place' },
    },
    { type: 'AWS::KMS::Key', before: {}, after: { KeySpec: 'RSA_2048' }, impact: 'replace' },
  ])('$type from $before to $after, $updatePolicy: $impact', ({ impact, ...update }) => {
    expect(updateImpact(update)).toBe(impact);
  });
});

describe('an update in place that the service does not take', () => {
  test.each<ResourceUpdate & { readonly taken: boolean }>([
    { type: 'AWS::RDS::DBInstance', before: { AllocatedStorage: '50' }, after: { AllocatedStorage: 40 }, taken: false },
    { type: 'AWS::RDS::DBInstance', before: { AllocatedStorage: 40 }, after: { AllocatedStorage: '50' }, taken: true },
    {
      ...{ type: 'AWS::ElastiCache::ReplicationGroup', before: { EngineVersion: '7.1' } },
      ...{ after: { EngineVersion: '7.0' }, taken: false },
    },
    { type: 'AWS::EKS::Cluster', before: { Version: '1.9' }, after: { Version: '1.10' }, taken: true },
    { type: 'AWS::RDS::DBInstance', before: { EngineVersion: '16' }, after: { EngineVersion: '16.4' }, taken: true },
    {
      ...{ type: 'AWS::DynamoDB::Table', before: { GlobalSecondaryIndexes: [] } },
      ...{ after: { GlobalSecondaryIndexes: [index('one'), index('two')] }, taken: false },
    },
    {
      ...{ type: 'AWS::DynamoDB::Table', before: { GlobalSecondaryIndexes: [index('one')] } },
      ...{ after: { GlobalSecondaryIndexes: [index('one'), index('two')] }, taken: true },
    },
    {
      ...{ type: 'AWS::DynamoDB::Table', before: { GlobalSecondaryIndexes: [index('one')] } },
      ...{ after: { GlobalSecondaryIndexes: [index('one', 'b')] }, taken: false },
    },
    { type: 'Custom::Rows', before: { ServiceToken: 'a' }, after: { ServiceToken: 'b' }, taken: false },
    { type: 'Custom::Rows', before: { ServiceToken: 'a' }, after: { ServiceToken: 'a', Rows: 1 }, taken: true },
    { type: 'AWS::EC2::Volume', before: { Encrypted: false }, after: { Encrypted: true }, taken: false },
    { type: 'AWS::Cognito::UserPool', before: { Schema: [{ Name: 'a' }] }, after: { Schema: [] }, taken: false },
    { type: 'AWS::Cognito::UserPool', before: { Schema: [] }, after: { Schema: [{ Name: 'a' }] }, taken: true },
  ])('$type from $before to $after: $taken', ({ taken, ...update }) => {
    expect(updateRefusal(update) === undefined).toBe(taken);
  });
});
