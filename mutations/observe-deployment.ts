import { setTimeout as delay } from 'node:timers/promises';
import {
  type Capability,
  type CloudFormationClient,
  type CloudFormationServiceException,
  CreateStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  paginateDescribeStackEvents,
  type StackEvent,
  type StackResource,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import type { DeployableCase, DeployableVersion } from './deployable-case.ts';

/** What came of one resource. `none`: it is as it was, and nothing was done to it. */
export const outcomes = ['none', 'added', 'updated', 'replaced', 'removed', 'retained'] as const;
export type Outcome = (typeof outcomes)[number];

/** What happened when a stack was made from one version and updated to the other. */
export type Observation =
  /** The first version itself is none that this cloud makes: nothing is seen. */
  | { readonly end: 'not-made'; readonly reason: string }
  /** Nothing was changed: the update was not taken, or was taken back. */
  | { readonly end: 'failed'; readonly reason: string }
  | { readonly end: 'updated'; readonly resources: ReadonlyMap<string, Outcome> };

const allCapabilities: Capability[] = ['CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'];

/** Deploys both versions of a case, one after the other, at a place of its own. */
export async function observeDeployment(client: CloudFormationClient, mutation: DeployableCase): Promise<Observation> {
  const { id, before, after, importedExports } = mutation;
  const StackName = `case-${id}`;
  const created = await settled(client, StackName, () =>
    client.send(new CreateStackCommand({ StackName, ...sent(before), Capabilities: allCapabilities })),
  );
  if (created !== 'CREATE_COMPLETE') {
    return { end: 'not-made', reason: `${created}: ${await firstFailure(client, StackName)}` };
  }
  if (typeof after === 'string') return { end: 'failed', reason: after };
  await importExports(client, StackName, importedExports);
  const [was, eventsBefore] = [await resourcesOf(client, StackName), (await events(client, StackName)).length];
  const Capabilities = mutation.capabilities ? (mutation.capabilities as Capability[]) : allCapabilities;
  const updated = await settled(client, StackName, () =>
    client.send(new UpdateStackCommand({ StackName, ...sent(after), Capabilities })),
  );
  const during = (await events(client, StackName)).slice(eventsBefore);
  if (updated.includes('No updates are to be performed')) return { end: 'updated', resources: untouched(was) };
  if (updated !== 'UPDATE_COMPLETE') {
    return { end: 'failed', reason: `${updated}: ${failureIn(during)}` };
  }
  return { end: 'updated', resources: outcomesOf(was, await resourcesOf(client, StackName), during) };
}

function sent({ text, parameters }: DeployableVersion) {
  const given = Object.entries(parameters);
  return {
    TemplateBody: text,
    Parameters: given.map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
  };
}

/** @returns the status in which the stack came to rest, or how the call was refused */
async function settled(client: CloudFormationClient, StackName: string, call: () => Promise<unknown>): Promise<string> {
  try {
    await call();
  } catch (error) {
    const { name, message } = error as CloudFormationServiceException;
    return `${name}: ${message}`;
  }
  for (;;) {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
    const status = Stacks?.[0]?.StackStatus ?? '';
    if (!status.endsWith('_IN_PROGRESS')) return status;
    await delay(5);
  }
}

/** Another stack that reads the exports of these outputs. */
async function importExports(client: CloudFormationClient, StackName: string, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
  const names = (Stacks?.[0]?.Outputs ?? []).flatMap(({ OutputKey = '', ExportName }) =>
    keys.includes(OutputKey) && ExportName !== undefined ? [ExportName] : [],
  );
  const reader = (name: string) => ({ Value: { 'Fn::ImportValue': name } });
  const TemplateBody = JSON.stringify({
    Resources: { Reader: { Type: 'AWS::SNS::Topic' } },
    Outputs: Object.fromEntries(names.map((name, index) => [`Read${index}`, reader(name)])),
  });
  const name = `${StackName}-reader`;
  await settled(client, name, () => client.send(new CreateStackCommand({ StackName: name, TemplateBody })));
}

async function resourcesOf(
  client: CloudFormationClient,
  StackName: string,
): Promise<ReadonlyMap<string, StackResource>> {
  const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName }));
  const there = StackResources.filter(({ ResourceStatus }) => ResourceStatus !== 'DELETE_COMPLETE');
  return new Map(there.map((resource) => [resource.LogicalResourceId ?? '', resource]));
}

/** Oldest first. */
async function events(client: CloudFormationClient, StackName: string): Promise<StackEvent[]> {
  const all: StackEvent[] = [];
  for await (const { StackEvents = [] } of paginateDescribeStackEvents({ client }, { StackName })) {
    all.push(...StackEvents);
  }
  return all.reverse();
}

function untouched(resources: ReadonlyMap<string, StackResource>): ReadonlyMap<string, Outcome> {
  return new Map([...resources.keys()].map((logicalId) => [logicalId, 'none']));
}

function outcomesOf(
  was: ReadonlyMap<string, StackResource>,
  is: ReadonlyMap<string, StackResource>,
  during: readonly StackEvent[],
): ReadonlyMap<string, Outcome> {
  const told = (logicalId: string, status: string) =>
    during.some((event) => event.LogicalResourceId === logicalId && event.ResourceStatus === status);
  return new Map(
    [...new Set([...was.keys(), ...is.keys()])].map((logicalId): [string, Outcome] => {
      const [before, after] = [was.get(logicalId), is.get(logicalId)];
      if (!before) return [logicalId, 'added'];
      if (!after) return [logicalId, told(logicalId, 'DELETE_SKIPPED') ? 'retained' : 'removed'];
      if (before.PhysicalResourceId !== after.PhysicalResourceId) return [logicalId, 'replaced'];
      const isUpdated = told(logicalId, 'UPDATE_COMPLETE') || after.ResourceStatus === 'UPDATE_COMPLETE';
      return [
        logicalId,
        isUpdated && during.some((event) => event.LogicalResourceId === logicalId) ? 'updated' : 'none',
      ];
    }),
  );
}

async function firstFailure(client: CloudFormationClient, StackName: string): Promise<string> {
  return events(client, StackName).then(failureIn, () => '');
}

function failureIn(told: readonly StackEvent[]): string {
  const failed = told.find(({ ResourceStatus }) => ResourceStatus?.endsWith('_FAILED'));
  const first = failed ?? told.find(({ ResourceStatusReason }) => ResourceStatusReason !== undefined);
  return first ? `${first.LogicalResourceId}: ${first.ResourceStatusReason}` : '';
}
