import { isTemplateObject, type TemplateObject, type TemplateValue } from '../template-value.ts';
import { restSecurity } from './api-authorizers.ts';
import { definitionSource } from './api-definition.ts';
import { contentDigest, isIntrinsic, ref, stageLogicalId, tagList } from './expressions.ts';
import { type RestDefinitionStyle, restApiDefinition } from './rest-api-definition.ts';
import { type ApiRoute, type Draft, type ServerlessResource, withoutAbsent } from './serverless-document.ts';

/** Logical id of the API that is made for events that name none. */
export const implicitRestApi = 'ServerlessRestApi';

const apiProperties = [
  ...['Name', 'Description', 'MinimumCompressionSize', 'Mode', 'Policy', 'ApiKeySourceType'],
  ...['DisableExecuteApiEndpoint', 'FailOnWarnings'],
];
const stageProperties = [
  ...['CacheClusterEnabled', 'CacheClusterSize', 'Variables', 'MethodSettings', 'AccessLogSetting', 'CanarySetting'],
  ...['TracingEnabled'],
];

/** AWS::Serverless::Api: the API, a deployment that changes its logical id with the definition, and the stage. */
export function expandRestApi(resource: ServerlessResource, routes: readonly ApiRoute[]): void {
  const { logicalId } = resource;
  const stageName = resource.take('StageName');
  const stage = resource.takeAll(stageProperties);
  const tags = resource.takeObject('Tags');
  const endpoint = resource.take('EndpointConfiguration');
  const style: RestDefinitionStyle = {
    openApiVersion: resource.takeText('OpenApiVersion'),
    cors: resource.take('Cors'),
    binaryMediaTypes: resource.take('BinaryMediaTypes'),
    security: restSecurity(resource),
  };
  const { openApiVersion } = style;
  const definition = definitionSource(resource, () => restApiDefinition(resource, routes, style));
  if (style.cors !== undefined && resource.take('DefinitionBody') !== undefined) {
    resource.document.refuseUnsupported(logicalId, 'Cors together with DefinitionBody');
  }
  if (stageName === undefined) resource.refuse("Missing required property 'StageName'.");
  resource.add(logicalId, {
    Type: 'AWS::ApiGateway::RestApi',
    ...resource.attributes,
    Properties: {
      ...definition,
      ...resource.takeAll(apiProperties),
      BinaryMediaTypes: style.binaryMediaTypes,
      ...endpointMembers(endpoint),
    },
  });
  const digest = contentDigest(withoutAbsent({ ...definition, OpenApiVersion: openApiVersion }));
  const deploymentId = `${logicalId}Deployment${digest.slice(0, 10)}`;
  const stageId = stageLogicalId(logicalId, stageName);
  resource.add(deploymentId, {
    Type: 'AWS::ApiGateway::Deployment',
    ...resource.shared,
    Properties: {
      RestApiId: ref(logicalId),
      Description: `RestApi deployment id: ${digest}`,
      StageName: openApiVersion === undefined ? 'Stage' : undefined,
    },
  });
  resource.add(stageId, {
    Type: 'AWS::ApiGateway::Stage',
    ...resource.shared,
    Properties: {
      DeploymentId: ref(deploymentId),
      RestApiId: ref(logicalId),
      StageName: stageName,
      ...stage,
      Tags: tags && tagList(tags),
    },
  });
  resource.document.renamed.set(`${logicalId}.Deployment`, deploymentId).set(`${logicalId}.Stage`, stageId);
  resource.finish();
}

/** `EndpointConfiguration` is a type alone, or an object. */
function endpointMembers(endpoint: TemplateValue | undefined): Draft {
  if (endpoint === undefined) return {};
  const parameters = (type: TemplateValue): TemplateObject => ({ endpointConfigurationTypes: type });
  if (!isTemplateObject(endpoint) || isIntrinsic(endpoint)) {
    return { EndpointConfiguration: { Types: [endpoint] }, Parameters: parameters(endpoint) };
  }
  const { Type, VPCEndpointIds, IpAddressType } = endpoint;
  return {
    EndpointConfiguration: {
      Types: Type === undefined ? undefined : [Type],
      VpcEndpointIds: VPCEndpointIds,
      IpAddressType,
    },
    Parameters: Type === undefined ? undefined : parameters(Type),
  };
}
