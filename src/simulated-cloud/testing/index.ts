/** A simulated cloud for tests, with clients for any account and region. */

import { setTimeout as delay } from 'node:timers/promises';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateDescribeStackEvents,
  type Stack,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import { STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll } from 'vitest';
import type { Database, Db } from '../../database/index.ts';
import { emptyTestDatabase } from '../../database/testing/index.ts';
import { type SimulatedCloud, type SimulatedCloudOptions, startSimulatedCloud } from '../index.ts';

export interface TestPlace {
  readonly accountId?: string;
  readonly region?: string;
}

export interface TestCloud extends SimulatedCloud {
  cloudFormation(place?: TestPlace): CloudFormationClient;
  sts(place?: TestPlace): STSClient;
  /** A call of the control door. */
  control(method: string, path: string, body?: unknown): Promise<unknown>;
}

export async function testCloud(options: SimulatedCloudOptions): Promise<TestCloud> {
  const started = await startSimulatedCloud(options);
  if (!started.ok) throw new Error(started.refusal.message);
  const { url, close } = started.value;
  const clients: { destroy(): void }[] = [];
  const settings = ({ accountId = '111111111111', region = 'eu-west-1' }: TestPlace = {}) => ({
    endpoint: url,
    region,
    credentials: { accessKeyId: `TESTSIM${accountId}`, secretAccessKey: 'any' },
    maxAttempts: 1,
  });
  const kept = <Client extends { destroy(): void }>(client: Client) => {
    clients.push(client);
    return client;
  };
  return {
    url,
    async close() {
      for (const client of clients) client.destroy();
      await close();
    },
    cloudFormation: (place) => kept(new CloudFormationClient(settings(place))),
    sts: (place) => kept(new STSClient(settings(place))),
    async control(method, path, body) {
      const response = await fetch(`${url}/_simulated${path}`, {
        method,
        headers: body === undefined ? {} : { 'content-type': 'application/json' },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      return response.json();
    },
  };
}

/** One for all tests of a file, on a database of its own. */
export function cloudOfTests(): TestCloud & { readonly db: Db } {
  let database: Database;
  let cloud: TestCloud;
  beforeAll(async () => {
    database = await emptyTestDatabase();
    cloud = await testCloud({ databaseUrl: database.url });
  });
  afterAll(async () => {
    await cloud?.close();
    await database?.close();
  });
  return {
    get db() {
      return database.db;
    },
    get url() {
      return cloud.url;
    },
    cloudFormation: (place) => cloud.cloudFormation(place),
    sts: (place) => cloud.sts(place),
    control: (...call) => cloud.control(...call),
    close: () => cloud.close(),
  };
}

/** The stack as soon as it is not in progress any more. */
export async function settledStack(client: CloudFormationClient, StackName: string): Promise<Stack> {
  for (;;) {
    const { Stacks: stacks } = await client.send(new DescribeStacksCommand({ StackName }));
    const [stack] = stacks ?? [];
    if (stack && !stack.StackStatus?.endsWith('_IN_PROGRESS')) return stack;
    await delay(5);
  }
}

/** Oldest first. */
export async function allEvents(client: CloudFormationClient, StackName: string): Promise<StackEvent[]> {
  const events: StackEvent[] = [];
  for await (const page of paginateDescribeStackEvents({ client }, { StackName })) {
    events.push(...(page.StackEvents ?? []));
  }
  return events.reverse();
}

/** `Logical STATUS: reason`, for golden files; ids are left out. */
export function eventLines(events: readonly StackEvent[]): string[] {
  return events.map(({ LogicalResourceId, ResourceStatus, ResourceStatusReason }) =>
    [`${LogicalResourceId} ${ResourceStatus}`, ResourceStatusReason].filter(Boolean).join(': '),
  );
}

export async function statusReached(client: CloudFormationClient, StackName: string, status: string): Promise<Stack> {
  for (;;) {
    const { Stacks: stacks } = await client.send(new DescribeStacksCommand({ StackName }));
    if (stacks?.[0]?.StackStatus === status) return stacks[0];
    await delay(5);
  }
}
