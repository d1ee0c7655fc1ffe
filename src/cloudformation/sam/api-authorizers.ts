import { describeValue, isTemplateObject, type TemplateObject, type TemplateValue } from '../template-value.ts';
import { ref, sub } from './expressions.ts';
import { type ServerlessResource, withoutAbsent } from './serverless-document.ts';

/** Who may call the routes of an API. */
export interface ApiSecurity {
  /** The security schemes of the definition, by the names that routes demand; empty: everybody may call. */
  readonly schemes: TemplateObject;
  /** What a route demands; undefined: nothing. `own`: what its event says about it. */
  demand(own: TemplateObject | undefined): TemplateValue | undefined;
}

/** What the events of a REST API may say about who calls them; what else they say is not expanded here. */
export const restRouteMembers = ['Authorizer', 'ApiKeyRequired', 'AuthorizationScopes'];
export const httpRouteMembers = ['Authorizer', 'AuthorizationScopes'];

const apiKeyScheme = 'api_key';
const iamScheme = 'AWS_IAM';
const signed = { type: 'apiKey', name: 'Authorization', in: 'header', 'x-amazon-apigateway-authtype': 'awsSigv4' };

/** `Auth` of AWS::Serverless::Api. Functions that decide get the permission to be asked. */
export function restSecurity(resource: ServerlessResource): ApiSecurity {
  const auth = resource.takeObject('Auth') ?? {};
  const known = ['Authorizers', 'DefaultAuthorizer', 'ApiKeyRequired', 'AddDefaultAuthorizerToCorsPreflight'];
  refuseOthers(resource, auth, known);
  const authorizers = authorizersIn(auth);
  const schemes: Record<string, TemplateObject> = Object.fromEntries(
    authorizers.map(([name, authorizer]) => [name, restScheme(resource, name, authorizer)]),
  );
  return {
    schemes,
    demand(own = {}) {
      const authorizer = own.Authorizer ?? auth.DefaultAuthorizer;
      const needsKey = (own.ApiKeyRequired ?? auth.ApiKeyRequired) === true;
      if (authorizer === iamScheme) schemes[iamScheme] = signed;
      if (needsKey) schemes[apiKeyScheme] = { type: 'apiKey', name: 'x-api-key', in: 'header' };
      const scopes = own.AuthorizationScopes ?? scopesOf(authorizers, authorizer);
      return demanded(resource, schemes, authorizer, scopes, needsKey);
    },
  };
}

/** `Auth` of AWS::Serverless::HttpApi. */
export function httpSecurity(resource: ServerlessResource): ApiSecurity {
  const auth = resource.takeObject('Auth') ?? {};
  refuseOthers(resource, auth, ['Authorizers', 'DefaultAuthorizer', 'EnableIamAuthorizer']);
  const authorizers = authorizersIn(auth);
  const schemes: Record<string, TemplateObject> = Object.fromEntries(
    authorizers.map(([name, authorizer]) => [name, httpScheme(resource, name, authorizer)]),
  );
  if (auth.EnableIamAuthorizer === true) schemes[iamScheme] = signed;
  return {
    schemes,
    demand(own = {}) {
      const authorizer = own.Authorizer ?? auth.DefaultAuthorizer;
      const scopes = own.AuthorizationScopes ?? scopesOf(authorizers, authorizer);
      return demanded(resource, schemes, authorizer, scopes, false);
    },
  };
}

function refuseOthers(resource: ServerlessResource, auth: TemplateObject, known: readonly string[]): void {
  const { document, logicalId } = resource;
  const members = Object.keys(auth);
  for (const name of members) if (!known.includes(name)) document.refuseUnsupported(logicalId, `property Auth.${name}`);
  const ownDefinition = resource.take('DefinitionBody') ?? resource.take('DefinitionUri');
  if (members.length > 0 && ownDefinition !== undefined)
    document.refuseUnsupported(logicalId, 'Auth together with a definition of its own');
}

function authorizersIn({ Authorizers: given }: TemplateObject): readonly (readonly [string, TemplateObject])[] {
  const entries = isTemplateObject(given) ? Object.entries(given) : [];
  return entries.map(([name, authorizer]) => [name, isTemplateObject(authorizer) ? authorizer : {}]);
}

function scopesOf(authorizers: ReturnType<typeof authorizersIn>, asked: TemplateValue | undefined): TemplateValue {
  return authorizers.find(([name]) => name === asked)?.[1].AuthorizationScopes ?? [];
}

function demanded(
  resource: ServerlessResource,
  schemes: TemplateObject,
  authorizer: TemplateValue | undefined,
  scopes: TemplateValue,
  needsKey: boolean,
): TemplateValue | undefined {
  const key = needsKey ? [{ [apiKeyScheme]: [] }] : [];
  if (authorizer === undefined || authorizer === 'NONE') return needsKey ? key : undefined;
  if (typeof authorizer !== 'string' || schemes[authorizer] === undefined) {
    resource.refuse(`Unable to set Authorizer '${describeValue(authorizer)}': it is not among the API's Authorizers.`);
    return undefined;
  }
  return [{ [authorizer]: scopes }, ...key];
}

function restScheme(resource: ServerlessResource, name: string, authorizer: TemplateObject): TemplateObject {
  const identity = isTemplateObject(authorizer.Identity) ? authorizer.Identity : {};
  const { Header: header = 'Authorization', ValidationExpression, ReauthorizeEvery } = identity;
  const carried = { type: 'apiKey', name: header, in: 'header' };
  if (authorizer.UserPoolArn !== undefined) {
    const pools = Array.isArray(authorizer.UserPoolArn) ? authorizer.UserPoolArn : [authorizer.UserPoolArn];
    return {
      ...carried,
      'x-amazon-apigateway-authtype': 'cognito_user_pools',
      'x-amazon-apigateway-authorizer': withoutAbsent({
        type: 'cognito_user_pools',
        providerARNs: pools,
        identityValidationExpression: ValidationExpression,
      }),
    };
  }
  const arn = askedFunction(resource, name, authorizer);
  if (authorizer.DisableFunctionDefaultPermissions !== true) permitToAsk(resource, name, arn);
  const isRequest = authorizer.FunctionPayloadType === 'REQUEST';
  const decider = withoutAbsent({
    type: isRequest ? 'request' : 'token',
    authorizerUri: functionUri(resource.document.partition, arn),
    authorizerCredentials: authorizer.FunctionInvokeRole === 'NONE' ? undefined : authorizer.FunctionInvokeRole,
    authorizerResultTtlInSeconds: ReauthorizeEvery,
    identityValidationExpression: isRequest ? undefined : ValidationExpression,
    identitySource: isRequest ? identitySources(identity, 'method.request.header.').join(', ') || undefined : undefined,
  });
  return {
    ...carried,
    name: isRequest ? 'Unused' : header,
    'x-amazon-apigateway-authtype': 'custom',
    'x-amazon-apigateway-authorizer': decider,
  };
}

function httpScheme(resource: ServerlessResource, name: string, authorizer: TemplateObject): TemplateObject {
  const { JwtConfiguration: jwtConfiguration, IdentitySource: identitySource } = authorizer;
  if (jwtConfiguration !== undefined) {
    const decider = withoutAbsent({ jwtConfiguration, identitySource, type: 'jwt' });
    return { type: 'oauth2', 'x-amazon-apigateway-authorizer': decider };
  }
  const arn = askedFunction(resource, name, authorizer);
  if (authorizer.EnableFunctionDefaultPermissions === true) permitToAsk(resource, name, arn);
  const identity = isTemplateObject(authorizer.Identity) ? authorizer.Identity : {};
  const sources = identitySources(identity, '$request.header.');
  return {
    type: 'apiKey',
    name: 'Unused',
    in: 'header',
    'x-amazon-apigateway-authorizer': withoutAbsent({
      type: 'request',
      authorizerUri: functionUri('${AWS::Partition}', arn),
      authorizerCredentials: authorizer.FunctionInvokeRole,
      authorizerResultTtlInSeconds: identity.ReauthorizeEvery,
      authorizerPayloadFormatVersion: authorizer.AuthorizerPayloadFormatVersion,
      enableSimpleResponses: authorizer.EnableSimpleResponses,
      identitySource: sources.length > 0 ? sources : undefined,
    }),
  };
}

/** Only headers: the other sources are as rare as they are many. */
function identitySources({ Headers: headers }: TemplateObject, prefix: string): string[] {
  return Array.isArray(headers) ? headers.map((header) => prefix + describeValue(header)) : [];
}

function askedFunction(resource: ServerlessResource, name: string, authorizer: TemplateObject): TemplateValue {
  if (authorizer.FunctionArn === undefined)
    resource.refuse(`${name} Authorizer must define where the decision comes from: UserPoolArn, JWT or FunctionArn.`);
  return authorizer.FunctionArn ?? '';
}

function functionUri(partition: string, arn: TemplateValue): TemplateValue {
  const called = 'lambda:path/2015-03-31/functions/${__FunctionArn__}/invocations';
  return sub(`arn:${partition}:apigateway:\${AWS::Region}:${called}`, { __FunctionArn__: arn });
}

function permitToAsk(resource: ServerlessResource, name: string, arn: TemplateValue): void {
  const { logicalId, document } = resource;
  const source = `arn:${document.partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${__ApiId__}/authorizers/*`;
  resource.add(`${logicalId}${name}AuthorizerPermission`, {
    Type: 'AWS::Lambda::Permission',
    ...resource.shared,
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: arn,
      Principal: 'apigateway.amazonaws.com',
      SourceArn: sub(source, { __ApiId__: ref(logicalId) }),
    },
  });
}
