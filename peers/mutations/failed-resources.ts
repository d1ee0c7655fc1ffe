import type { ResourceDeclaration } from '../../src/cloudformation/index.ts';

/** A resource of a type that moto has, and that it fails at all the same. */
export interface FailedResource {
  readonly type: string;
  /** Whether a resource is of this kind; absent: every one of the type. */
  readonly when?: (properties: ResourceDeclaration['properties']) => boolean;
  readonly why: string;
  /** A template with such a resource, or with nothing else in it than it needs: moto does not make it. */
  readonly resources: Readonly<Record<string, unknown>>;
}

const api = { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'front' } };
const topic = { Type: 'AWS::SNS::Topic', Properties: {} };

/** All of them: a case goes without them. When moto makes the resources of an entry, the entry goes. */
export const failedResources: readonly FailedResource[] = [
  {
    type: 'AWS::SSM::Parameter',
    when: ({ Name }) => Name === undefined,
    why: 'moto gives it no name of its own',
    resources: { Parameter: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: 'value' } } },
  },
  {
    type: 'AWS::ECR::Repository',
    when: ({ RepositoryName }) => RepositoryName === undefined,
    why: 'the name that moto gives it has capitals, which its registry does not take',
    resources: { Images: { Type: 'AWS::ECR::Repository', Properties: {} } },
  },
  {
    type: 'AWS::RDS::DBInstance',
    when: ({ Engine }) => String(Engine).startsWith('aurora'),
    why: 'moto knows no port of the engine, and makes no clusters',
    resources: {
      One: { Type: 'AWS::RDS::DBInstance', Properties: { Engine: 'aurora-mysql', DBInstanceClass: 'db.r6g.large' } },
    },
  },
  {
    type: 'AWS::RDS::DBInstance',
    when: ({ DBParameterGroupName }) => DBParameterGroupName !== undefined,
    why: 'moto reads a reference to a group of parameters as the group itself',
    resources: {
      Group: { Type: 'AWS::RDS::DBParameterGroup', Properties: { Family: 'postgres15', Description: 'plain' } },
      One: {
        Type: 'AWS::RDS::DBInstance',
        Properties: { Engine: 'postgres', DBInstanceClass: 'db.m6g.large', DBParameterGroupName: { Ref: 'Group' } },
      },
    },
  },
  {
    type: 'AWS::RDS::DBInstance',
    when: ({ SourceDBInstanceIdentifier }) => SourceDBInstanceIdentifier !== undefined,
    why: 'what it copies is left out',
    resources: {
      Copy: {
        Type: 'AWS::RDS::DBInstance',
        Properties: { SourceDBInstanceIdentifier: 'plain', DBInstanceClass: 'db.m6g.large' },
      },
    },
  },
  {
    type: 'AWS::ApiGateway::RestApi',
    when: ({ Name }) => Name === undefined,
    why: 'moto does not read the name in the body',
    resources: { Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Body: { info: { title: 'front' } } } } },
  },
  {
    type: 'AWS::ApiGateway::Method',
    why: 'moto wants a method of integrations that have none',
    resources: {
      Api: api,
      Method: {
        Type: 'AWS::ApiGateway::Method',
        Properties: {
          RestApiId: { Ref: 'Api' },
          ResourceId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] },
          HttpMethod: 'GET',
          AuthorizationType: 'NONE',
          Integration: { Type: 'MOCK' },
        },
      },
    },
  },
  {
    type: 'AWS::ApiGateway::Deployment',
    why: 'its methods are left out',
    resources: {
      Api: api,
      Deployment: { Type: 'AWS::ApiGateway::Deployment', Properties: { RestApiId: { Ref: 'Api' } } },
    },
  },
  {
    type: 'AWS::CloudFormation::Stack',
    why: 'moto reads no outputs of a child',
    resources: {
      Child: {
        Type: 'AWS::CloudFormation::Stack',
        Properties: { TemplateURL: 'https://s3.amazonaws.com/templates/child.json' },
      },
      Topic: { ...topic, Properties: { DisplayName: { 'Fn::GetAtt': ['Child', 'Outputs.Name'] } } },
    },
  },
  {
    type: 'AWS::Lambda::Permission',
    why: 'its function is an alias, which moto does not make',
    resources: {
      Permission: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          FunctionName: 'arn:aws:lambda:us-east-1:123456789012:function:handler:live',
          Action: 'lambda:InvokeFunction',
          Principal: 'events.amazonaws.com',
        },
      },
    },
  },
];

/** @param types of moto */
export function isMadeBy(types: ReadonlySet<string>): (resource: ResourceDeclaration) => boolean {
  return ({ type, properties }) =>
    types.has(type) && !failedResources.some((each) => each.type === type && (each.when?.(properties) ?? true));
}
