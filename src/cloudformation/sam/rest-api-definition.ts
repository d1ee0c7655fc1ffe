import { isTemplateObject, type TemplateObject, type TemplateValue } from '../template-value.ts';
import type { ApiSecurity } from './api-authorizers.ts';
import { anyMethod, type Methods, methodsByPath } from './api-definition.ts';
import { isIntrinsic, ref, sub, whenCondition } from './expressions.ts';
import { type ApiRoute, type Draft, type ServerlessResource, withoutAbsent } from './serverless-document.ts';

/** What an API says about the definition that is made for it. */
export interface RestDefinitionStyle {
  /** OpenAPI 3 if given, else Swagger 2. */
  readonly openApiVersion: string | undefined;
  readonly cors: TemplateValue | undefined;
  readonly binaryMediaTypes: TemplateValue | undefined;
  readonly security: ApiSecurity;
}

/** The definition of a REST API whose routes come from function events. */
export function restApiDefinition(
  resource: ServerlessResource,
  routes: readonly ApiRoute[],
  { openApiVersion, cors, binaryMediaTypes, security }: RestDefinitionStyle,
): TemplateObject {
  const paths = methodsByPath(routes, (route) => routeDefinition(resource, route, security));
  const headers = cors === undefined ? undefined : corsHeaders(resource, cors);
  if (headers) for (const methods of paths.values()) methods.options ??= corsMethod(headers, methods, openApiVersion);
  const schemes = Object.keys(security.schemes).length > 0 ? security.schemes : undefined;
  return withoutAbsent({
    info: { version: '1.0', title: ref('AWS::StackName') },
    paths: Object.fromEntries(paths),
    openapi: openApiVersion,
    swagger: openApiVersion === undefined ? '2.0' : undefined,
    securityDefinitions: openApiVersion === undefined ? schemes : undefined,
    components: openApiVersion === undefined || !schemes ? undefined : { securitySchemes: schemes },
    'x-amazon-apigateway-binary-media-types': binaryMediaTypes,
  });
}

function routeDefinition(resource: ServerlessResource, route: ApiRoute, security: ApiSecurity): TemplateValue {
  const called = `lambda:path/2015-03-31/functions/\${${route.target}}/invocations`;
  const integration = {
    httpMethod: 'POST',
    type: 'aws_proxy',
    uri: sub(`arn:${resource.document.partition}:apigateway:\${AWS::Region}:${called}`),
    ...route.integration,
  };
  const definition = {
    'x-amazon-apigateway-integration': integration,
    security: security.demand(route.auth),
    responses: {},
  };
  return whenCondition(route.condition, withoutAbsent(definition));
}

/** Headers of the answer to a browser's question; the methods are added per path if the author names none. */
function corsHeaders(resource: ServerlessResource, cors: TemplateValue): Draft | undefined {
  const settings: TemplateObject = isTemplateObject(cors) && !isIntrinsic(cors) ? cors : { AllowOrigin: cors };
  if (settings.AllowOrigin === undefined) {
    resource.refuse('Cors Properties must contain AllowOrigin, and other properties of it are optional.');
    return undefined;
  }
  return {
    'Access-Control-Allow-Origin': settings.AllowOrigin,
    'Access-Control-Allow-Headers': settings.AllowHeaders,
    'Access-Control-Allow-Methods': settings.AllowMethods,
    'Access-Control-Max-Age': settings.MaxAge,
    'Access-Control-Allow-Credentials': settings.AllowCredentials === true ? "'true'" : undefined,
  };
}

/** The `options` method of a path. */
function corsMethod(written: Draft, methods: Methods, openApiVersion: string | undefined): TemplateObject {
  const allowed = written['Access-Control-Allow-Methods'] ?? allowedMethods(Object.keys(methods));
  const headers = withoutAbsent({ ...written, 'Access-Control-Allow-Methods': allowed });
  const names = Object.keys(headers);
  const media = { consumes: ['application/json'], produces: ['application/json'] };
  return {
    summary: 'CORS support',
    ...(openApiVersion === undefined ? media : {}),
    'x-amazon-apigateway-integration': {
      type: 'mock',
      requestTemplates: { 'application/json': '{\n  "statusCode" : 200\n}\n' },
      responses: {
        default: {
          statusCode: '200',
          responseParameters: Object.fromEntries(
            names.map((name) => [`method.response.header.${name}`, headers[name]!]),
          ),
          responseTemplates: { 'application/json': '{}\n' },
        },
      },
    },
    responses: {
      '200': {
        description: 'Default response for CORS method',
        headers: Object.fromEntries(names.map((name) => [name, headerType(name, openApiVersion)])),
      },
    },
  };
}

function headerType(name: string, openApiVersion: string | undefined): TemplateObject {
  if (openApiVersion === undefined) return { type: 'string' };
  return { schema: { type: name === 'Access-Control-Max-Age' ? 'integer' : 'string' } };
}

function allowedMethods(methods: readonly string[]): string {
  const every = ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'];
  const named = methods.includes(anyMethod) ? every : methods.map((method) => method.toUpperCase());
  return `'${[...new Set([...named, 'OPTIONS'])].sort().join(',')}'`;
}
