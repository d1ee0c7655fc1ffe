import { setTimeout as delay } from 'node:timers/promises';
import {
  CloudFormationClient,
  type CloudFormationServiceException,
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  GetTemplateSummaryCommand,
  ListExportsCommand,
  ListStackResourcesCommand,
  ListStacksCommand,
  UpdateStackCommand,
  UpdateTerminationProtectionCommand,
  ValidateTemplateCommand,
} from '@aws-sdk/client-cloudformation';

/** What a client of CloudFormation saw, under names that say what of. Values are JSON. */
export type Sight = Record<string, unknown>;

/** A story told to a CloudFormation that is empty but for stacks of other stories. */
export interface Scenario {
  readonly name: string;
  /** @param stack a name of its own */
  run(on: Observed, stack: string): Promise<Sight>;
}

/** A client that gives refusals as values, and what is made up by the service as `<...>`. */
export class Observed {
  readonly client: CloudFormationClient;

  constructor(endpoint: string) {
    const credentials = { accessKeyId: 'SIM123456789012', secretAccessKey: 'peers' };
    this.client = new CloudFormationClient({ endpoint, credentials, region: 'us-east-1', maxAttempts: 1 });
  }

  /** `accepted`, or how it was refused. */
  async ask(call: () => Promise<unknown>): Promise<string> {
    try {
      await call();
      return 'accepted';
    } catch (error) {
      const { name, message, $metadata } = error as CloudFormationServiceException;
      if (($metadata?.httpStatusCode ?? 500) >= 500) return 'an internal error';
      return `${name}: ${plain(message)}`;
    }
  }

  async create(StackName: string, TemplateBody: string, more: object = {}): Promise<string> {
    const asked = await this.ask(() => this.client.send(new CreateStackCommand({ StackName, TemplateBody, ...more })));
    return asked === 'accepted' ? this.settled(StackName) : asked;
  }

  async update(StackName: string, TemplateBody: string, more: object = {}): Promise<string> {
    const asked = await this.ask(() => this.client.send(new UpdateStackCommand({ StackName, TemplateBody, ...more })));
    return asked === 'accepted' ? this.settled(StackName) : asked;
  }

  async remove(StackName: string): Promise<string> {
    const asked = await this.ask(() => this.client.send(new DeleteStackCommand({ StackName })));
    return asked === 'accepted' ? this.settled(StackName) : asked;
  }

  /** The status of a stack that is at rest. */
  async settled(StackName: string): Promise<string> {
    for (let look = 0; look < 200; look++) {
      try {
        const { Stacks } = await this.client.send(new DescribeStacksCommand({ StackName }));
        const status = Stacks?.[0]?.StackStatus ?? 'no status';
        if (!status.endsWith('_IN_PROGRESS') || status === 'REVIEW_IN_PROGRESS') return status;
      } catch (error) {
        const { message, $metadata } = error as CloudFormationServiceException;
        return ($metadata?.httpStatusCode ?? 500) >= 500 ? 'an internal error' : plain(message);
      }
      await delay(20);
    }
    return 'at work without end';
  }

  async outputs(StackName: string): Promise<Record<string, string>> {
    const { Stacks } = await this.client.send(new DescribeStacksCommand({ StackName }));
    const outputs = (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }): [string, string] => [
      OutputKey,
      plain(OutputValue),
    ]);
    return Object.fromEntries(outputs.sort());
  }
}

/** Ids that a service draws are not compared. */
function plain(text: string): string {
  return text.replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>');
}

const queue = (timeout: number, more = '') => `Resources:
  Queue: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: ${timeout}}}
${more}`;

export const scenarios: readonly Scenario[] = [
  {
    name: 'the life of a stack',
    async run(on, stack) {
      const created = await on.create(stack, queue(1, 'Outputs: {Stack: {Value: !Ref AWS::StackName}}\n'));
      const outputs = await on.outputs(stack);
      const updated = await on.update(stack, queue(2));
      const { Stacks } = await on.client.send(new DescribeStacksCommand({ StackName: stack }));
      const StackName = Stacks?.[0]?.StackId ?? '';
      const deleted = await on.remove(stack);
      const byId = await on.settled(StackName);
      const { StackEvents = [] } = await on.client.send(new DescribeStackEventsCommand({ StackName }));
      const told = (isOfStack: boolean) =>
        StackEvents.filter(({ ResourceType }) => (ResourceType === 'AWS::CloudFormation::Stack') === isOfStack)
          .map(({ ResourceStatus }) => ResourceStatus)
          .reverse();
      return { created, outputs, updated, deleted, byId, 'its events': told(true), 'events of the queue': told(false) };
    },
  },
  {
    name: 'a stack that is not there',
    async run(on, StackName) {
      const described = await on.ask(() => on.client.send(new DescribeStacksCommand({ StackName })));
      const events = await on.ask(() => on.client.send(new DescribeStackEventsCommand({ StackName })));
      const template = await on.ask(() => on.client.send(new GetTemplateCommand({ StackName })));
      const deleted = await on.ask(() => on.client.send(new DeleteStackCommand({ StackName })));
      const updated = await on.update(StackName, queue(1));
      return { described, events, template, deleted, updated };
    },
  },
  {
    name: 'a name that is taken',
    async run(on, stack) {
      await on.create(stack, queue(1));
      const again = await on.create(stack, queue(1));
      await on.remove(stack);
      return { again, afterwards: await on.create(stack, queue(1)) };
    },
  },
  {
    name: 'a name that is none',
    run: async (on) => ({ created: await on.create('1-begins-with-a-digit', queue(1)) }),
  },
  {
    name: 'an update without a change',
    async run(on, stack) {
      await on.create(stack, queue(1));
      const without = await on.update(stack, queue(1));
      const template = `Parameters: {Size: {Type: Number, Default: 1}}\n${queue(1)}`;
      await on.create(`${stack}-p`, template);
      const Parameters = [{ ParameterKey: 'Size', ParameterValue: '1' }];
      return { without, 'with parameters': await on.update(`${stack}-p`, template, { Parameters }) };
    },
  },
  {
    name: 'parameters',
    async run(on, stack) {
      const template = `Parameters:
  Size: {Type: Number, MinValue: 1, MaxValue: 9}
  Tier: {Type: String, Default: small, AllowedValues: [small, large]}
  Secret: {Type: String, NoEcho: true, Default: hidden}
${queue(1, 'Outputs: {Both: {Value: !Sub "${Size} ${Tier}"}}\n')}`;
      const given = (...pairs: readonly [string, string][]) => ({
        Parameters: pairs.map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
      });
      const missing = await on.create(`${stack}-1`, template);
      const unknown = await on.create(`${stack}-2`, template, given(['Size', '1'], ['Sise', '1']));
      const tooLarge = await on.create(`${stack}-3`, template, given(['Size', '10']));
      const noChoice = await on.create(`${stack}-4`, template, given(['Size', '1'], ['Tier', 'huge']));
      const right = await on.create(stack, template, given(['Size', '3']));
      const { Stacks } = await on.client.send(new DescribeStacksCommand({ StackName: stack }));
      const shown = (Stacks?.[0]?.Parameters ?? [])
        .map(({ ParameterKey, ParameterValue }) => `${ParameterKey}=${ParameterValue}`)
        .sort();
      return { missing, unknown, tooLarge, noChoice, right, outputs: await on.outputs(stack), shown };
    },
  },
  {
    name: 'templates that are none',
    run: async (on, stack) => ({
      'no YAML': await on.create(`${stack}-1`, 'Resources: ]'),
      'no resources': await on.create(`${stack}-2`, 'Resources: {}'),
      'no section of resources': await on.create(`${stack}-3`, 'Description: nothing'),
      'a reference to nothing': await on.create(
        `${stack}-4`,
        'Resources: {Q: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: !Ref Nowhere}}}',
      ),
      'an unknown type': await on.create(`${stack}-5`, 'Resources: {Q: {Type: AWS::SQS::Quue}}'),
      'an unknown section': await on.create(`${stack}-6`, `Resource: {}\n${queue(1)}`),
      'a circle': await on.create(
        `${stack}-7`,
        'Resources: {A: {Type: AWS::SNS::Topic, DependsOn: B}, B: {Type: AWS::SNS::Topic, DependsOn: A}}',
      ),
      'an unknown property': await on.create(
        `${stack}-8`,
        'Resources: {Q: {Type: AWS::SQS::Queue, Properties: {Delay: 1}}}',
      ),
    }),
  },
  {
    name: 'intrinsic functions',
    async run(on, stack) {
      const template = `Parameters: {Zone: {Type: String, Default: b}}
Mappings: {Sizes: {small: {cpu: "256"}}}
Conditions: {IsB: !Equals [!Ref Zone, b], Never: !Not [!Condition IsB]}
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: ${stack}-topic}}
  Unwanted: {Type: AWS::SNS::Topic, Condition: Never}
Outputs:
  Arn: {Value: !Ref Topic}
  Name: {Value: !GetAtt Topic.TopicName}
  Map: {Value: !FindInMap [Sizes, small, cpu]}
  Choice: {Value: !If [IsB, yes-it-is, no]}
  Unwanted: {Condition: Never, Value: never}
  Joined: {Value: !Join ["-", [a, !Ref Zone, !Ref AWS::Region, !Ref AWS::AccountId]]}
  Selected: {Value: !Select [1, !Split [",", "x,y,z"]]}
  Encoded: {Value: {"Fn::Base64": "brûlée"}}
`;
      const created = await on.create(stack, template);
      const { StackResources = [] } = await on.client.send(new DescribeStackResourcesCommand({ StackName: stack }));
      return {
        created,
        outputs: await on.outputs(stack),
        resources: StackResources.map(({ LogicalResourceId }) => LogicalResourceId).sort(),
      };
    },
  },
  {
    name: 'exports',
    async run(on, stack) {
      const exporting = (value: string) =>
        queue(1, `Outputs: {Shared: {Value: ${value}, Export: {Name: ${stack}-shared}}}\n`);
      const importing = `Resources: {T: {Type: AWS::SNS::Topic, Properties: {DisplayName: !ImportValue ${stack}-shared}}}`;
      const nothing = await on.create(`${stack}-early`, importing);
      await on.create(stack, exporting('x'));
      const { Exports = [] } = await on.client.send(new ListExportsCommand({}));
      const listed = Exports.filter(({ Name }) => Name === `${stack}-shared`).map(({ Value }) => Value);
      const taken = await on.create(`${stack}-second`, exporting('x'));
      const used = await on.create(`${stack}-user`, importing);
      const changed = await on.update(stack, exporting('y'));
      const deleted = await on.remove(stack);
      return { 'of nothing': nothing, listed, taken, used, changed, deleted };
    },
  },
  {
    name: 'change sets',
    async run(on, stack) {
      const { client } = on;
      const more = queue(2, '  Topic: {Type: AWS::SNS::Topic}\n');
      const change = (ChangeSetName: string, TemplateBody: string, ChangeSetType: 'CREATE' | 'UPDATE') =>
        on.ask(() =>
          client.send(new CreateChangeSetCommand({ StackName: stack, ChangeSetName, TemplateBody, ChangeSetType })),
        );
      const described = async (ChangeSetName: string) => {
        for (;;) {
          const found = await client.send(new DescribeChangeSetCommand({ StackName: stack, ChangeSetName }));
          if (!found.Status?.endsWith('_PROGRESS') && found.Status !== 'CREATE_PENDING') return found;
          await delay(20);
        }
      };
      const changes = async (name: string) =>
        ((await described(name)).Changes ?? [])
          .map(({ ResourceChange: each }) => `${each?.Action} ${each?.LogicalResourceId} ${each?.Replacement ?? '-'}`)
          .sort();
      const early = await change('early', queue(1), 'UPDATE');
      await change('first', queue(1), 'CREATE');
      await described('first');
      const reviewed = await on.settled(stack);
      const creation = await changes('first');
      await client.send(new ExecuteChangeSetCommand({ StackName: stack, ChangeSetName: 'first' }));
      const created = await on.settled(stack);
      await change('second', more, 'UPDATE');
      const update = await changes('second');
      const twice = await change('second', more, 'UPDATE');
      await change('empty', queue(1), 'UPDATE');
      const { Status, StatusReason, ExecutionStatus } = await described('empty');
      await client.send(new ExecuteChangeSetCommand({ StackName: stack, ChangeSetName: 'second' }));
      const updated = await on.settled(stack);
      const gone = await on.ask(() =>
        client.send(new DeleteChangeSetCommand({ StackName: stack, ChangeSetName: 'never-was' })),
      );
      return {
        'an update of nothing': early,
        reviewed,
        creation,
        created,
        update,
        'the same name twice': twice,
        empty: { Status, StatusReason, ExecutionStatus },
        updated,
        'deleting one that is not there': gone,
      };
    },
  },
  {
    name: 'capabilities',
    async run(on, stack) {
      const role = (name: string) =>
        `Resources: {R: {Type: AWS::IAM::Role, Properties: {${name}AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}}}}`;
      const named = role(`RoleName: ${stack}-role, `);
      return {
        none: await on.create(`${stack}-1`, role('')),
        'too small': await on.create(`${stack}-2`, named, { Capabilities: ['CAPABILITY_IAM'] }),
        enough: await on.create(stack, named, { Capabilities: ['CAPABILITY_NAMED_IAM'] }),
      };
    },
  },
  {
    name: 'termination protection',
    async run(on, stack) {
      await on.create(stack, queue(1), { EnableTerminationProtection: true });
      const guarded = await on.remove(stack);
      const lifted = await on.ask(() =>
        on.client.send(
          new UpdateTerminationProtectionCommand({ StackName: stack, EnableTerminationProtection: false }),
        ),
      );
      return { guarded, lifted, deleted: await on.remove(stack) };
    },
  },
  {
    name: 'lists',
    async run(on, stack) {
      await on.create(stack, queue(1));
      await on.remove(stack);
      await on.create(stack, queue(1));
      const { StackSummaries = [] } = await on.client.send(new ListStacksCommand({}));
      const statuses = StackSummaries.filter(({ StackName }) => StackName === stack).map((each) => each.StackStatus);
      const { StackResourceSummaries = [] } = await on.client.send(new ListStackResourcesCommand({ StackName: stack }));
      const resources = StackResourceSummaries.map((each) => `${each.LogicalResourceId} ${each.ResourceStatus}`);
      return { statuses: statuses.sort(), resources };
    },
  },
  {
    name: 'templates read back',
    async run(on, stack) {
      const TemplateBody = `Description: signs\nParameters: {Size: {Type: Number, Default: 1}}\n${queue(1, 'Outputs: {Size: {Value: !Ref Size}}\n')}`;
      await on.create(stack, TemplateBody);
      const { TemplateBody: got } = await on.client.send(new GetTemplateCommand({ StackName: stack }));
      const { Description, Parameters = [] } = await on.client.send(new ValidateTemplateCommand({ TemplateBody }));
      const summary = await on.client.send(new GetTemplateSummaryCommand({ TemplateBody }));
      return {
        'as it was sent': got === TemplateBody,
        Description,
        parameters: Parameters.map(({ ParameterKey, DefaultValue }) => `${ParameterKey}=${DefaultValue}`),
        types: summary.ResourceTypes,
      };
    },
  },
  {
    name: 'a request with its token twice',
    async run(on, stack) {
      const ClientRequestToken = `token-${stack}`;
      const first = await on.create(stack, queue(1), { ClientRequestToken });
      return { first, again: await on.create(stack, queue(1), { ClientRequestToken }) };
    },
  },
  {
    name: 'a name of a resource that is taken',
    async run(on, stack) {
      const named = `Resources: {Q: {Type: AWS::SQS::Queue, Properties: {QueueName: ${stack}-queue}}}`;
      return { first: await on.create(stack, named), second: await on.create(`${stack}-2`, named) };
    },
  },
];
