import { describeValue, type TemplateObject } from '../template-value.ts';
import { contentDigits, notAnS3Uri, s3Location } from './expressions.ts';
import type { ServerlessResource } from './serverless-document.ts';
import { withoutAbsent } from './serverless-document.ts';

/**
 * AWS::Serverless::LayerVersion: a layer version cannot be changed, so every change of its properties makes a
 * resource of another logical id, and the old version is kept unless the author says otherwise.
 */
export function expandLayerVersion(resource: ServerlessResource, properties: TemplateObject): void {
  const { document, logicalId } = resource;
  const resolved = document.resolveParameters(properties) as TemplateObject;
  const hashed = withoutAbsent({
    Type: 'AWS::Serverless::LayerVersion',
    DependsOn: resource.attributes.DependsOn,
    Condition: resource.condition,
    Properties: { ...properties, ...pick(resolved, ['LayerName', 'LicenseInfo', 'Description', 'RetentionPolicy']) },
  });
  const versionId = logicalId + contentDigits({ [logicalId]: hashed });
  document.renamed.set(logicalId, versionId);
  const content = s3Location(resource.take('ContentUri') ?? '');
  if (!content) resource.refuse(notAnS3Uri('ContentUri'));
  resource.take('PublishLambdaVersion');
  resource.add(versionId, {
    Type: 'AWS::Lambda::LayerVersion',
    DependsOn: resource.attributes.DependsOn,
    ...resource.shared,
    DeletionPolicy: retention(resource, resolved.RetentionPolicy) ?? resource.shared.DeletionPolicy ?? 'Retain',
    Properties: {
      Content: content && { S3Bucket: content.bucket, S3Key: content.key, S3ObjectVersion: content.version },
      ...resource.takeAll(['Description', 'CompatibleArchitectures', 'CompatibleRuntimes', 'LicenseInfo']),
      LayerName: resource.take('LayerName') ?? logicalId,
    },
  });
  resource.finish();
}

function pick(object: TemplateObject, names: readonly string[]): TemplateObject {
  return withoutAbsent(Object.fromEntries(names.map((name) => [name, object[name]])));
}

function retention(resource: ServerlessResource, policy: TemplateObject[string] | undefined): string | undefined {
  resource.take('RetentionPolicy');
  if (policy === undefined) return undefined;
  const known = ['Retain', 'Delete'].find((word) => word.toLowerCase() === describeValue(policy).toLowerCase());
  if (!known) resource.refuse("'RetentionPolicy' must be one of the following options: ['Retain', 'Delete'].");
  return known;
}
