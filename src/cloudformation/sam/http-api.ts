import { isTemplateObject, type TemplateObject, type TemplateValue } from '../template-value.ts';
import { type ApiSecurity, httpSecurity } from './api-authorizers.ts';
import { definitionSource, methodsByPath } from './api-definition.ts';
import { isIntrinsic, ref, stageLogicalId, sub, whenCondition } from './expressions.ts';
import { type ApiRoute, type ServerlessResource, withoutAbsent } from './serverless-document.ts';

/** Logical id of the HTTP API that is made for events that name none. */
export const implicitHttpApi = 'ServerlessHttpApi';

const stageProperties = ['StageVariables', 'AccessLogSettings', 'DefaultRouteSettings', 'RouteSettings'];

/** AWS::Serverless::HttpApi: the API and its stage, `$default` unless the author names one. */
export function expandHttpApi(resource: ServerlessResource, routes: readonly ApiRoute[]): void {
  const { logicalId } = resource;
  const stageName = resource.take('StageName') ?? '$default';
  const tags = { ...resource.takeObject('Tags'), 'httpapi:createdBy': 'SAM' };
  const cors = resource.take('CorsConfiguration');
  const security = httpSecurity(resource);
  const definition = definitionSource(resource, () => httpApiDefinition(routes, cors, tags, security));
  resource.add(logicalId, {
    Type: 'AWS::ApiGatewayV2::Api',
    ...resource.attributes,
    Properties: {
      ...definition,
      // Only a true one is passed on.
      FailOnWarnings: resource.take('FailOnWarnings') || undefined,
      ...resource.takeAll(['DisableExecuteApiEndpoint', 'Description', 'Name']),
    },
  });
  const stageId =
    stageName === '$default' ? `${logicalId}ApiGatewayDefaultStage` : stageLogicalId(logicalId, stageName);
  resource.add(stageId, {
    Type: 'AWS::ApiGatewayV2::Stage',
    ...resource.shared,
    Properties: {
      ApiId: ref(logicalId),
      StageName: stageName,
      AutoDeploy: true,
      Tags: tags,
      ...resource.takeAll(stageProperties),
    },
  });
  resource.document.renamed.set(`${logicalId}.Stage`, stageId);
  resource.finish();
}

function httpApiDefinition(
  routes: readonly ApiRoute[],
  cors: TemplateValue | undefined,
  tags: TemplateObject,
  security: ApiSecurity,
): TemplateObject {
  const paths = methodsByPath(routes, (route) => routeDefinition(route, security));
  const { schemes } = security;
  return withoutAbsent({
    info: { version: '1.0', title: ref('AWS::StackName') },
    paths: Object.fromEntries(paths),
    components: Object.keys(schemes).length > 0 ? { securitySchemes: schemes } : undefined,
    openapi: '3.0.1',
    tags: Object.entries(tags).map(([name, value]) => ({ name, 'x-amazon-apigateway-tag-value': value })),
    'x-amazon-apigateway-cors': cors === undefined ? undefined : corsDefinition(cors),
  });
}

function routeDefinition(route: ApiRoute, security: ApiSecurity): TemplateObject {
  const names = [...route.path.matchAll(/\{([^{}]+)\}/g)].map(([, name]) => name!);
  const parameters = names.map((name) => ({ required: true, name, in: 'path' }));
  const definition = withoutAbsent({
    'x-amazon-apigateway-integration': {
      httpMethod: 'POST',
      type: 'aws_proxy',
      uri: sub(
        `arn:\${AWS::Partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${${route.target}}/invocations`,
      ),
      ...route.integration,
    },
    parameters: parameters.length > 0 ? parameters : undefined,
    security: security.demand(route.auth),
    isDefaultRoute: route.path === '$default' ? true : undefined,
    responses: {},
  });
  return whenCondition(route.condition, definition);
}

const corsMembers: Readonly<Record<string, string>> = {
  AllowOrigins: 'allowOrigins',
  AllowHeaders: 'allowHeaders',
  AllowMethods: 'allowMethods',
  ExposeHeaders: 'exposeHeaders',
  MaxAge: 'maxAge',
  AllowCredentials: 'allowCredentials',
};

/** `true` lets every origin in. */
function corsDefinition(cors: TemplateValue): TemplateValue {
  if (cors === true) return { allowOrigins: ['*'] };
  if (!isTemplateObject(cors) || isIntrinsic(cors)) return cors;
  return Object.fromEntries(Object.entries(cors).map(([name, value]) => [corsMembers[name] ?? name, value]));
}
