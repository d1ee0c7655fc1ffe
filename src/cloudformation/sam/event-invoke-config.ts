import { describeValue, isTemplateObject, type TemplateObject, type TemplateValue } from '../template-value.ts';
import type { InlinePolicy } from './execution-role.ts';
import { getAtt, ref } from './expressions.ts';
import type { ServerlessResource } from './serverless-document.ts';

/** What calls the function: the function itself, or the alias that is published with it. */
export interface InvocationTarget {
  /** `Ref` that permissions and mappings name. */
  readonly name: TemplateValue;
  /** ARN that rules, subscriptions and notifications call. */
  readonly arn: TemplateValue;
  /** The same ARN inside `Fn::Sub`. */
  readonly subName: string;
}

/** How failed and finished asynchronous calls are handled, and what the role needs for it. */
export interface InvocationConfig {
  readonly policies: readonly InlinePolicy[];
  /** Adds the resource, after the function it speaks of. */
  add(): void;
}

const destinationActions: Readonly<Record<string, string>> = {
  SQS: 'sqs:SendMessage',
  SNS: 'sns:publish',
  Lambda: 'lambda:InvokeFunction',
  EventBridge: 'events:PutEvents',
};

/** Reads `EventInvokeConfig`. A queue or topic that is not named is made. */
export function configureInvocation(resource: ServerlessResource, alias: string | undefined): InvocationConfig {
  const config = resource.takeObject('EventInvokeConfig');
  if (!config) return { policies: [], add: () => undefined };
  const written = isTemplateObject(config.DestinationConfig) ? config.DestinationConfig : {};
  const destinations = ['OnSuccess', 'OnFailure'].flatMap((outcome) => {
    const destination = written[outcome];
    return isTemplateObject(destination) ? [readDestination(resource, outcome, destination)] : [];
  });
  const { logicalId } = resource;
  return {
    policies: destinations.flatMap(({ policy }) => (policy ? [policy] : [])),
    add: () =>
      resource.add(`${logicalId}EventInvokeConfig`, {
        Type: 'AWS::Lambda::EventInvokeConfig',
        ...resource.attributes,
        DependsOn: alias === undefined ? undefined : [aliasLogicalId(logicalId, alias)],
        Properties: {
          FunctionName: ref(logicalId),
          Qualifier: alias ?? '$LATEST',
          MaximumEventAgeInSeconds: config.MaximumEventAgeInSeconds,
          MaximumRetryAttempts: config.MaximumRetryAttempts,
          DestinationConfig:
            destinations.length === 0
              ? undefined
              : Object.fromEntries(destinations.map(({ outcome, arn }) => [outcome, { Destination: arn }])),
        },
      }),
  };
}

interface Destination {
  readonly outcome: string;
  readonly arn: TemplateValue;
  readonly policy?: InlinePolicy;
}

function readDestination(resource: ServerlessResource, outcome: string, written: TemplateObject): Destination {
  const type = describeValue(written.Type);
  const id = `${resource.logicalId}EventInvokeConfig${outcome}`;
  const action = Object.hasOwn(destinationActions, type) ? destinationActions[type] : undefined;
  if (!action) {
    resource.refuse("'Type: SQS | SNS | EventBridge | Lambda' is required for an EventInvokeConfig destination.");
    return { outcome, arn: '' };
  }
  const arn = written.Destination ?? makeDestination(resource, id, type);
  if (arn === undefined) {
    resource.refuse(`Destination is required for an EventInvokeConfig destination of type ${type}.`);
    return { outcome, arn: '' };
  }
  const statement = { Action: action, Effect: 'Allow', Resource: arn };
  return { outcome, arn, policy: { PolicyName: `${id}${type}Policy`, PolicyDocument: { Statement: [statement] } } };
}

function makeDestination(resource: ServerlessResource, id: string, type: string): TemplateValue | undefined {
  if (type === 'SQS') {
    resource.add(`${id}Queue`, { Type: 'AWS::SQS::Queue', ...resource.shared, Properties: {} });
    return getAtt(`${id}Queue`, 'Arn');
  }
  if (type !== 'SNS') return undefined;
  resource.add(`${id}Topic`, { Type: 'AWS::SNS::Topic', ...resource.shared, Properties: {} });
  return ref(`${id}Topic`);
}

/** Logical id of the alias of a function; the two signs that a logical id cannot hold become letters. */
export function aliasLogicalId(functionId: string, alias: string): string {
  return `${functionId}Alias${alias.replaceAll('-', 'D').replaceAll('_', 'U')}`;
}
