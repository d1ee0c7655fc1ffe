import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  ListChangeSetsCommand,
} from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Clock, systemClock } from '../../../clock/index.ts';
import type { Result } from '../../../errors/index.ts';
import type { ApplyRequest, Observation, Placement, Start } from '../../provisioner.ts';
import type { CallPatience } from '../call-retries.ts';
import { type CloudFormationProvisioner, createCloudFormationProvisioner } from '../cloudformation-provisioner.ts';
import { readStack } from '../read-stack.ts';

/** Somebody's CloudFormation and STS, empty. */
export interface ContractService {
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly placement: Placement;
  /** Absent: the system's. */
  readonly clock?: Clock;
  /** Absent: the usual. */
  readonly patience?: CallPatience;
  close(): Promise<void>;
}

function accepted<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new Error(`${result.refusal.code}: ${result.refusal.message}`);
  return result.value;
}

const lookMs = 10;

/** Asks again while the service is only unavailable, as a worker does. */
async function answered<Value>(ask: () => Promise<Result<Value>>): Promise<Value> {
  for (let asked = 1; ; asked += 1) {
    const result = await ask();
    if (result.ok || result.refusal.kind !== 'unavailable' || asked === 20) return accepted(result);
    await delay(lookMs);
  }
}

/** A deployment of one stack, as its worker sees it. */
export class ContractStack {
  readonly #provisioner: CloudFormationProvisioner;
  readonly subject: { readonly placement: Placement; readonly stackName: string };
  #deployments = 0;

  constructor(provisioner: CloudFormationProvisioner, placement: Placement, stackName: string) {
    this.#provisioner = provisioner;
    this.subject = { placement, stackName };
  }

  request(template: string, token = this.newToken()): ApplyRequest {
    return { ...this.subject, token, template, parameters: {}, tags: { team: 'harbour' } };
  }

  newToken(): string {
    this.#deployments += 1;
    return `${this.subject.stackName}-${this.#deployments}`;
  }

  /** What the provisioner said until it had begun. */
  async begin(request: ApplyRequest): Promise<Start['begun'][]> {
    const said: Start['begun'][] = [];
    for (;;) {
      const { begun } = await answered(() => this.#provisioner.start(request));
      if (begun !== said.at(-1)) said.push(begun);
      if (begun !== 'not-yet') return said;
      await delay(lookMs);
    }
  }

  async ended(token: string, operation: 'apply' | 'delete' | 'none'): Promise<Observation> {
    for (;;) {
      const seen = await answered(() => this.#provisioner.observe(this.subject, token, operation));
      if (seen.state !== 'in-progress') return seen;
      await delay(lookMs);
    }
  }

  async apply(template: string, token = this.newToken()): Promise<Observation> {
    const [begun] = (await this.begin(this.request(template, token))).slice(-1);
    return this.ended(token, begun === 'nothing-to-do' ? 'none' : 'apply');
  }

  async remove(token = this.newToken()): Promise<Observation> {
    for (;;) {
      const { begun } = await answered(() => this.#provisioner.remove({ ...this.subject, token }));
      if (begun === 'nothing-to-do' || begun === 'yes') return this.ended(token, 'delete');
      if (begun === 'no-trace') throw new Error('nothing was said of a stack that could leave no trace');
      await delay(lookMs);
    }
  }
}

const queue = (seconds: number, more = '') => `Resources:
  Queue: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: ${seconds}}}
${more}Outputs:
  Seconds: {Value: "${seconds}"}
  Url: {Value: !Ref Queue}
`;
const topic = '  Topic: {Type: AWS::SNS::Topic}\n';
const bad = `${queue(9)}  Other: {Value: !ImportValue nobody-exports-this}\n`;

const tableKeyed = (key: string) => `Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{AttributeName: ${key}, AttributeType: S}]
      KeySchema: [{AttributeName: ${key}, KeyType: HASH}]
      BillingMode: PAY_PER_REQUEST
`;

/** A template at an address of its own. */
async function servedTemplate(template: string) {
  const served = { template, url: '', close: () => new Promise((closed) => server.close(closed)) };
  const server = createServer((_, response) => response.end(served.template));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  served.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/nested.yaml`;
  return served;
}

/**
 * What every implementation of CloudFormation must show through the provisioner.
 * @param exceptions tests that this implementation fails, each with the reason; one that passes all the same fails
 */
export function provisionerContract(
  name: string,
  connect: () => Promise<ContractService>,
  exceptions: Readonly<Record<string, string>> = {},
): void {
  const known = new Set<string>();
  const rule = (title: string, run: () => Promise<void>) => {
    known.add(title);
    const reason = exceptions[title];
    if (reason === undefined) test(title, run);
    else test.fails(`${title} (not here: ${reason})`, run);
  };

  describe(`the provisioner on ${name}`, () => {
    let service: ContractService;
    let provisioner: CloudFormationProvisioner;
    let client: CloudFormationClient;
    beforeAll(async () => {
      service = await connect();
      provisioner = newProcess();
      const { endpoint, credentials, placement } = service;
      client = new CloudFormationClient({ endpoint, credentials, region: placement.region });
    });
    afterAll(async () => {
      provisioner?.close();
      client?.destroy();
      await service?.close();
    });
    /** A provisioner that remembers nothing yet. */
    const newProcess = () => {
      const { endpoint, credentials, clock = systemClock, patience } = service;
      return createCloudFormationProvisioner({ clock, endpoint, credentials, patience });
    };
    const stackNamed = (stackName: string) => new ContractStack(provisioner, service.placement, stackName);
    const status = async (stackName: string) => (await readStack(client, stackName))?.StackStatus;

    rule('what does not exist is previewed as a creation, and nothing is left behind', async () => {
      const stack = stackNamed('previewed');
      expect(accepted(await provisioner.preview(stack.request(queue(1))))).toMatchObject({ kind: 'create' });
      expect(await status('previewed')).toBeUndefined();
    });

    rule('a creation has outputs and resources, and bears our tags', async () => {
      const stack = stackNamed('created');
      const seen = await stack.apply(queue(1));
      expect(seen).toMatchObject({ state: 'succeeded', changed: true, outputs: { Seconds: '1' } });
      if (seen.state !== 'succeeded') return;
      expect(seen.resources).toMatchObject([
        { logicalId: 'Queue', type: 'AWS::SQS::Queue', status: 'CREATE_COMPLETE' },
      ]);
      expect(seen.outputs.Url).toBe(seen.resources[0]?.physicalId);
      const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: 'created' }));
      expect(Stacks?.[0]?.Tags).toEqual(
        expect.arrayContaining([
          { Key: 'team', Value: 'harbour' },
          { Key: 'deuteron:stack', Value: 'created' },
        ]),
      );
    });

    rule('what is asked twice with one token is begun once', async () => {
      const stack = stackNamed('twice');
      const request = stack.request(queue(1));
      expect(await stack.begin(request)).toEqual(['yes']);
      expect(await stack.begin(request)).toEqual(['yes']);
      await stack.ended(request.token, 'apply');
      expect(await stack.begin(request)).toEqual(['yes']);
      expect(await status('twice')).toBe('CREATE_COMPLETE');
    });

    rule('an update is previewed resource by resource, without a trace, and changes what it says', async () => {
      const stack = stackNamed('updated');
      await stack.apply(queue(1));
      const preview = accepted(await provisioner.preview(stack.request(queue(2, topic))));
      expect(preview.kind).toBe('update');
      expect(new Set(preview.resources.map(({ logicalId, action }) => `${action} ${logicalId}`))).toEqual(
        new Set(['modify Queue', 'add Topic']),
      );
      const { Summaries = [] } = await client.send(new ListChangeSetsCommand({ StackName: 'updated' }));
      expect(Summaries).toEqual([]);
      expect(await stack.apply(queue(2, topic))).toMatchObject({ state: 'succeeded', outputs: { Seconds: '2' } });
      expect(await status('updated')).toBe('UPDATE_COMPLETE');
    });

    rule('what changes in a nested stack is previewed, without a trace, and what does not is no change', async () => {
      const served = await servedTemplate(tableKeyed('a'));
      try {
        const nested = `  Data: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: "${served.url}"}}\n`;
        const stack = stackNamed('nesting');
        await stack.apply(queue(1, nested));
        const preview = () => provisioner.preview(stack.request(queue(1, nested)));
        expect(accepted(await preview())).toEqual({ kind: 'no-change', resources: [], unseen: [] });
        served.template = tableKeyed('b');
        expect(accepted(await preview())).toMatchObject({
          kind: 'update',
          resources: [
            { logicalId: 'Data', action: 'modify', replacement: 'no' },
            { logicalId: 'Data/Table', type: 'AWS::DynamoDB::Table', action: 'modify', replacement: 'yes' },
          ],
          unseen: [],
        });
        const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName: 'nesting' }));
        const ids = StackResources.filter(({ LogicalResourceId }) => LogicalResourceId === 'Data');
        for (const StackName of ['nesting', ids[0]?.PhysicalResourceId]) {
          const { Summaries } = await client.send(new ListChangeSetsCommand({ StackName }));
          expect(Summaries ?? []).toEqual([]);
        }
      } finally {
        await served.close();
      }
    });

    rule('F35: a preview says that there is nothing to do', async () => {
      const stack = stackNamed('unchanged');
      await stack.apply(queue(1));
      expect(accepted(await provisioner.preview(stack.request(queue(1))))).toMatchObject({ kind: 'no-change' });
    });

    rule('F35: an update with nothing to do is no failure', async () => {
      const stack = stackNamed('as-it-was');
      await stack.apply(queue(1));
      const request = stack.request(queue(1));
      expect(await stack.begin(request)).toEqual(['nothing-to-do']);
      expect(await stack.ended(request.token, 'none')).toMatchObject({ state: 'succeeded', changed: false });
      expect(await status('as-it-was')).toBe('CREATE_COMPLETE');
    });

    rule('F23: an update that fails is taken back with its cause, and the next one goes through', async () => {
      const stack = stackNamed('taken-back');
      await stack.apply(queue(1));
      const failed = await stack.apply(bad);
      expect(failed).toMatchObject({ state: 'failed', undone: 'all', refusal: { code: 'stack-operation-failed' } });
      expect(failed.state === 'failed' && failed.refusal.message).toContain('nobody-exports-this');
      expect(await stack.apply(queue(2))).toMatchObject({ state: 'succeeded', outputs: { Seconds: '2' } });
    });

    rule('F36: a first creation that failed makes room for the next', async () => {
      const stack = stackNamed('dead');
      expect(await stack.apply(bad)).toMatchObject({ state: 'failed', undone: 'all' });
      const request = stack.request(queue(1));
      expect(await stack.begin(request)).toEqual(['not-yet', 'yes']);
      expect(await stack.ended(request.token, 'apply')).toMatchObject({ state: 'succeeded' });
    });

    rule('what CloudFormation does not accept is refused in its own words, and leaves nothing', async () => {
      const refused = await provisioner.start(
        stackNamed('refused').request(
          'Resources: {Queue: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: !Ref Nowhere}}}',
        ),
      );
      expect(refused).toMatchObject({ ok: false, refusal: { kind: 'invalid', code: 'provider-refused' } });
      expect(await status('refused')).toBeUndefined();
    });

    rule('F36: a stack of that name that is not ours is touched by nothing', async () => {
      await client.send(new CreateStackCommand({ StackName: 'foreign', TemplateBody: queue(7) }));
      const stack = stackNamed('foreign');
      await expect.poll(() => status('foreign')).toBe('CREATE_COMPLETE');
      const notOurs = { ok: false, refusal: { kind: 'conflict', code: 'stack-not-ours' } };
      expect(await provisioner.preview(stack.request(queue(1)))).toMatchObject(notOurs);
      expect(await provisioner.start(stack.request(queue(1)))).toMatchObject(notOurs);
      expect(await provisioner.remove({ ...stack.subject, token: 'foreign-1' })).toMatchObject(notOurs);
      expect(await status('foreign')).toBe('CREATE_COMPLETE');
    });

    rule('events are complete, oldest first, and later ones can be had alone', async () => {
      const stack = stackNamed('told');
      const token = stack.newToken();
      await stack.apply(queue(1), token);
      const events = accepted(await provisioner.events(stack.subject, token));
      expect(events[0]).toMatchObject({ logicalId: 'told', status: 'CREATE_IN_PROGRESS' });
      expect(events.at(-1)).toMatchObject({ logicalId: 'told', status: 'CREATE_COMPLETE' });
      expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
      expect(accepted(await provisioner.events(stack.subject, token, events[0]?.id))).toEqual(events.slice(1));
      expect(accepted(await provisioner.events(stack.subject, token, events.at(-1)?.id))).toEqual([]);
    });

    rule('resources tell their own events, between those of the stack', async () => {
      const stack = stackNamed('told-by-resources');
      const token = stack.newToken();
      await stack.apply(queue(1), token);
      const events = accepted(await provisioner.events(stack.subject, token)).slice(1, -1);
      expect(new Set(events.map(({ logicalId }) => logicalId))).toEqual(new Set(['Queue']));
      expect([events[0]?.status, events.at(-1)?.status]).toEqual(['CREATE_IN_PROGRESS', 'CREATE_COMPLETE']);
    });

    rule('events of an operation are its own', async () => {
      const stack = stackNamed('told-apart');
      const [first, second] = [stack.newToken(), stack.newToken()];
      await stack.apply(queue(1), first);
      await stack.apply(queue(2), second);
      const statuses = accepted(await provisioner.events(stack.subject, second)).map((event) => event.status);
      expect(statuses.filter((each) => each.startsWith('CREATE_'))).toEqual([]);
      expect(statuses).toContain('UPDATE_COMPLETE');
    });

    rule('a deletion ends, its events can be read, and deleting again finds nothing', async () => {
      const stack = stackNamed('deleted');
      await stack.apply(queue(1));
      const token = stack.newToken();
      expect(await stack.remove(token)).toEqual({ state: 'deleted' });
      const events = accepted(await provisioner.events(stack.subject, token));
      expect(events.at(-1)).toMatchObject({ logicalId: 'deleted', status: 'DELETE_COMPLETE' });
      expect(accepted(await provisioner.remove({ ...stack.subject, token: stack.newToken() }))).toEqual({
        begun: 'nothing-to-do',
      });
    });

    rule(
      'F21: a stack that somebody deleted is made anew by a deployment, and counts as deleted by a deletion',
      async () => {
        const stack = stackNamed('vanished');
        await stack.apply(queue(1));
        await client.send(new DeleteStackCommand({ StackName: 'vanished' }));
        await expect.poll(() => status('vanished')).toBeUndefined();
        expect(await stack.apply(queue(2))).toMatchObject({ state: 'succeeded', outputs: { Seconds: '2' } });
        await client.send(new DeleteStackCommand({ StackName: 'vanished' }));
        await expect.poll(() => status('vanished')).toBeUndefined();
        expect(await stack.remove()).toEqual({ state: 'deleted' });
      },
    );

    rule(
      'F21: a known stack is gone when the service says so of its id; of what it does not know, nothing',
      async () => {
        const stack = stackNamed('known-by-id');
        const seen = await stack.apply(queue(1));
        const stackId = seen.state === 'succeeded' ? seen.stackId : '';
        await client.send(new DeleteStackCommand({ StackName: stackId }));
        await expect.poll(() => status('known-by-id')).toBeUndefined();
        const remove = (id: string) => provisioner.remove({ ...stack.subject, stackId: id, token: stack.newToken() });
        expect(accepted(await remove(stackId))).toEqual({ begun: 'nothing-to-do' });
        const unknown = `${stackId.slice(0, stackId.lastIndexOf('/'))}/00000000-0000-4000-8000-000000000000`;
        expect(accepted(await remove(unknown))).toEqual({
          begun: 'no-trace',
          message: `CloudFormation knows nothing of the stack ${unknown}`,
        });
      },
    );

    rule('an export in use: the deletion ends, and names who imports', async () => {
      const [exporter, importer] = [stackNamed('exporter'), stackNamed('importer')];
      await exporter.apply(`${queue(1)}  Shared: {Value: x, Export: {Name: shared}}\n`);
      await importer.apply('Resources: {T: {Type: AWS::SNS::Topic, Properties: {DisplayName: !ImportValue shared}}}');
      const refused = await exporter.remove();
      expect(refused).toMatchObject({ state: 'failed', undone: 'all', refusal: { code: 'stack-export-in-use' } });
      expect(refused.state === 'failed' && refused.refusal.message).toContain('importer');
      expect(await importer.remove()).toEqual({ state: 'deleted' });
      expect(await exporter.remove()).toEqual({ state: 'deleted' });
    });

    rule('a process that knows nothing of the operation sees how it ended', async () => {
      const stack = stackNamed('after-a-crash');
      const token = stack.newToken();
      await stack.apply(queue(1), token);
      const other = newProcess();
      const seen = accepted(await other.observe(stack.subject, token, 'apply'));
      expect(seen).toMatchObject({ state: 'succeeded', outputs: { Seconds: '1' } });
      const again = new ContractStack(other, service.placement, 'after-a-crash');
      expect(await again.begin(stack.request(queue(1), token))).toEqual(['yes']);
      other.close();
    });

    rule('a role is assumed where the placement names one', async () => {
      const roleArn = `arn:aws:iam::${service.placement.accountId}:role/deuteron`;
      const stack = new ContractStack(provisioner, { ...service.placement, roleArn }, 'by-role');
      expect(await stack.apply(queue(1))).toMatchObject({ state: 'succeeded' });
      expect(await stack.remove()).toEqual({ state: 'deleted' });
    });

    test('the exceptions name tests', () => {
      expect(Object.keys(exceptions).filter((title) => !known.has(title))).toEqual([]);
    });
  });
}
