import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../src/clock/index.ts';
import { openDatabase } from '../src/database/index.ts';
import { type CloudFormationProvisioner, createCloudFormationProvisioner } from '../src/provisioners/index.ts';
import { startSimulatedCloud } from '../src/simulated-cloud/index.ts';
import { type CorpusFolder, type Outcome, outcomeOf, type Score, scoreOf } from './corpus-folder.ts';
import { type PlannedStack, stacksOfBundle } from './stacks-of-bundle.ts';

type Outputs = Readonly<Record<string, string>>;

/**
 * Deploys every CloudFormation bundle that has a spec which fits it: each template that its spec renders to becomes a
 * stack on the simulated cloud, made by the product's own provisioner, and is deleted again. A bundle counts when all
 * its stacks do.
 */
export async function deployCorpus(corpus: CorpusFolder): Promise<Score> {
  const folder = mkdtempSync(join(tmpdir(), 'deuteron-corpus-'));
  chmodSync(folder, 0o755);
  const database = await openDatabase({ folder });
  if (!database.ok) throw new Error(database.refusal.message);
  const cloud = await startSimulatedCloud({ databaseUrl: database.value.url, clockScale: 0 });
  if (!cloud.ok) throw new Error(cloud.refusal.message);
  const credentials = { accessKeyId: 'SIMULATED', secretAccessKey: 'simulated' };
  const provisioner = createCloudFormationProvisioner({ clock: systemClock, endpoint: cloud.value.url, credentials });

  const outcomes: Outcome[] = [];
  const leftOut: string[] = [];
  for (const [index, bundle] of corpus.bundles.entries()) {
    if (bundle.engine !== 'cloudformation') continue;
    let isCounted = true;
    const outcome = await outcomeOf(bundle.path, async () => {
      const planned = await stacksOfBundle(corpus, bundle);
      isCounted = planned !== undefined && 'stacks' in planned;
      if (planned && 'leftOut' in planned) leftOut.push(planned.leftOut);
      return planned && 'stacks' in planned ? deployStacks(provisioner, planned.stacks, index) : undefined;
    });
    if (isCounted) outcomes.push(outcome);
  }
  provisioner.close();
  await cloud.value.close();
  await database.value.close();
  rmSync(folder, { recursive: true, force: true });
  return { ...scoreOf(outcomes), leftOut };
}

/** Each bundle in an account of its own, so that named resources of different bundles do not meet. */
async function deployStacks(
  provisioner: CloudFormationProvisioner,
  stacks: readonly PlannedStack[],
  index: number,
): Promise<string | undefined> {
  const accountId = String(200_000_000_000 + index);
  const placement = { accountId, region: 'us-east-1', roleArn: `arn:aws:iam::${accountId}:role/deuteron` };
  const outputs = new Map<string, Outputs>();
  for (const [position, stack] of stacks.entries()) {
    const subject = { placement, stackName: `AWSProton-corpus-${index}-${position}` };
    const token = `apply-${index}-${position}`;
    const request = { ...subject, token, template: stack.render(outputs), parameters: {}, tags: {} };
    const started = await provisioner.start(request);
    if (!started.ok) return `${stack.name}: ${started.refusal.message}`;
    const end = await ended(provisioner, subject, token, 'apply');
    if (typeof end === 'string') return `${stack.name}: ${end}`;
    outputs.set(stack.name, end);
  }
  for (const position of [...stacks.keys()].reverse()) {
    const subject = { placement, stackName: `AWSProton-corpus-${index}-${position}` };
    const token = `delete-${index}-${position}`;
    const removed = await provisioner.remove({ ...subject, token });
    const end = removed.ok ? await ended(provisioner, subject, token, 'delete') : removed.refusal.message;
    if (typeof end === 'string') return `deletion: ${end}`;
  }
  return undefined;
}

/** The outputs, or why it failed. */
async function ended(
  provisioner: CloudFormationProvisioner,
  subject: Parameters<CloudFormationProvisioner['observe']>[0],
  token: string,
  operation: 'apply' | 'delete',
): Promise<Outputs | string> {
  for (;;) {
    const seen = await provisioner.observe(subject, token, operation);
    if (!seen.ok) return seen.refusal.message;
    switch (seen.value.state) {
      case 'in-progress':
        await delay(20);
        break;
      case 'succeeded':
        return seen.value.outputs;
      case 'deleted':
        return {};
      case 'failed':
        return seen.value.refusal.message;
      case 'cancelled':
        return 'the stack is gone';
    }
  }
}
