import { isTemplateObject, type TemplateObject, type TemplateValue } from '../template-value.ts';
import { type Draft, type ServerlessResource, withoutAbsent } from './serverless-document.ts';

/** State of a rule: `State` as it is, or what `Enabled` says; the transform takes a function there for true. */
export function ruleState(properties: TemplateObject): TemplateValue | undefined {
  const { State, Enabled } = properties;
  if (State !== undefined || Enabled === undefined) return State;
  return Enabled === false ? 'DISABLED' : 'ENABLED';
}

/** The target of a rule; a dead letter queue must be one that exists. */
export function ruleTarget(
  resource: ServerlessResource,
  properties: TemplateObject,
  defaultId: string,
  members: Draft,
): TemplateObject {
  const { Target, Input, InputPath, InputTransformer, RetryPolicy, DeadLetterConfig } = properties;
  const own = isTemplateObject(Target) ? Target : {};
  if (isTemplateObject(DeadLetterConfig) && DeadLetterConfig.Type !== undefined) {
    resource.document.refuseUnsupported(resource.logicalId, 'DeadLetterConfig with Type');
  }
  return withoutAbsent({
    Id: own.Id ?? defaultId,
    ...members,
    Input,
    InputPath,
    InputTransformer,
    RetryPolicy,
    DeadLetterConfig: isTemplateObject(DeadLetterConfig) ? { Arn: DeadLetterConfig.Arn } : undefined,
  });
}
