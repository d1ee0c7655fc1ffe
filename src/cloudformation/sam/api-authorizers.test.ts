import { describe, expect, test } from 'vitest';
import { expandTransforms } from '../expand-transforms.ts';
import { template } from '../testing/stack-template.ts';

/** A template of one API of this kind, and one function that an event of it calls. */
function api(kind: 'Api' | 'HttpApi', auth: string, event = '', members = ''): string {
  const reference = kind === 'Api' ? 'RestApiId' : 'ApiId';
  return `Transform: AWS::Serverless-2016-10-31
Resources:
  Door: {Type: AWS::Serverless::${kind}, Properties: {StageName: live${members}, Auth: ${auth}}}
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      Handler: index.handler
      InlineCode: x
      Events: {Get: {Type: ${kind}, Properties: {${reference}: !Ref Door, Path: /items, Method: get${event}}}}
`;
}

function expanded(text: string) {
  const result = expandTransforms(template(text));
  if (!result.ok) throw new Error(result.refusal.message);
  const { resources } = result.value;
  // biome-ignore lint/suspicious/noExplicitAny: the definition is read member by member
  return { resources, definition: resources.get('Door')?.properties.Body as any };
}

describe('a REST API', () => {
  const cognito = '{DefaultAuthorizer: Users, Authorizers: {Users: {UserPoolArn: arn:pool}}}';
  const decided = '{DefaultAuthorizer: Own, Authorizers: {Own: {FunctionArn: arn:decider}}}';

  test('lets in the users of a pool', () => {
    const { definition } = expanded(api('Api', cognito));
    expect(definition.paths['/items'].get.security).toEqual([{ Users: [] }]);
    expect(definition.securityDefinitions.Users).toEqual({
      type: 'apiKey',
      name: 'Authorization',
      in: 'header',
      'x-amazon-apigateway-authtype': 'cognito_user_pools',
      'x-amazon-apigateway-authorizer': { type: 'cognito_user_pools', providerARNs: ['arn:pool'] },
    });
  });

  test('keeps its schemes elsewhere in OpenAPI 3', () => {
    const { definition } = expanded(api('Api', cognito, '', ', OpenApiVersion: 3.0.1'));
    expect(Object.keys(definition.components.securitySchemes)).toEqual(['Users']);
    expect(definition).not.toHaveProperty('securityDefinitions');
  });

  test('may ask the function that decides', () => {
    const { definition, resources } = expanded(api('Api', decided));
    expect(definition.securityDefinitions.Own).toMatchObject({
      'x-amazon-apigateway-authtype': 'custom',
      'x-amazon-apigateway-authorizer': { type: 'token' },
    });
    expect(resources.get('DoorOwnAuthorizerPermission')).toMatchObject({
      type: 'AWS::Lambda::Permission',
      properties: { FunctionName: 'arn:decider', Principal: 'apigateway.amazonaws.com' },
    });
  });

  test.each([
    { name: 'an open route', event: ', Auth: {Authorizer: NONE}', security: undefined },
    { name: 'a key besides', event: ', Auth: {ApiKeyRequired: true}', security: [{ Users: [] }, { api_key: [] }] },
    { name: 'signed requests', event: ', Auth: {Authorizer: AWS_IAM}', security: [{ AWS_IAM: [] }] },
    { name: 'scopes', event: ', Auth: {AuthorizationScopes: [read]}', security: [{ Users: ['read'] }] },
  ])('$name', ({ event, security }) => {
    expect(expanded(api('Api', cognito, event)).definition.paths['/items'].get.security).toEqual(security);
  });
});

test('an HTTP API lets in the bearers of tokens', () => {
  const jwt =
    '{DefaultAuthorizer: Users, Authorizers: {Users: {IdentitySource: $request.header.Authorization, JwtConfiguration: {issuer: https://id, audience: [me]}, AuthorizationScopes: [read]}}}';
  const { definition } = expanded(api('HttpApi', jwt));
  expect(definition.paths['/items'].get.security).toEqual([{ Users: ['read'] }]);
  expect(definition.components.securitySchemes.Users).toEqual({
    type: 'oauth2',
    'x-amazon-apigateway-authorizer': {
      type: 'jwt',
      identitySource: '$request.header.Authorization',
      jwtConfiguration: { issuer: 'https://id', audience: ['me'] },
    },
  });
});

test.each([
  { name: 'an authorizer that is not there', auth: '{DefaultAuthorizer: Users}', message: "Authorizer 'Users'" },
  { name: 'one that says nothing', auth: '{Authorizers: {Users: {}}}', message: 'must define where' },
  {
    name: 'what is not expanded here',
    auth: '{UsagePlan: {CreateUsagePlan: NONE}}',
    message: 'property Auth.UsagePlan',
  },
])('refused: $name', ({ auth, message }) => {
  const result = expandTransforms(template(api('Api', auth)));
  expect(result).toMatchObject({ ok: false, refusal: { message: expect.stringContaining(message) } });
});

test('refused: a definition of its own, which would have to be changed', () => {
  const auth = '{ApiKeyRequired: true}';
  const result = expandTransforms(template(api('Api', auth, '', ', DefinitionBody: {swagger: "2.0"}')));
  expect(result).toMatchObject({
    ok: false,
    refusal: { message: expect.stringContaining('Auth together with a definition of its own') },
  });
});
