import { isTemplateObject } from '../template-value.ts';
import { tagList } from './expressions.ts';
import type { ServerlessResource } from './serverless-document.ts';

/**
 * AWS::Serverless::Application: a nested stack of the template at Location. Applications of the Serverless Application
 * Repository (a Location with an ApplicationId) are known to the service only.
 */
export function expandApplication(resource: ServerlessResource): void {
  const location = resource.take('Location');
  if (location === undefined) {
    resource.refuse("Missing required property 'Location'.");
    return;
  }
  if (isTemplateObject(location) && 'ApplicationId' in location) {
    resource.document.refuseUnsupported(resource.logicalId, 'an application of the Serverless Application Repository');
    return;
  }
  const tags = resource.takeObject('Tags');
  resource.add(resource.logicalId, {
    Type: 'AWS::CloudFormation::Stack',
    ...resource.attributes,
    Properties: {
      TemplateURL: location,
      ...resource.takeAll(['Parameters', 'NotificationARNs', 'TimeoutInMinutes']),
      Tags: tagList(tags, { 'lambda:createdBy': 'SAM' }),
    },
  });
  resource.finish();
}
