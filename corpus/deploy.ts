import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../src/clock/index.ts';
import { openDatabase } from '../src/database/index.ts';
import { parseTemplate, renderTemplate } from '../src/jinja/index.ts';
import { type CloudFormationProvisioner, createCloudFormationProvisioner } from '../src/provisioners/index.ts';
import { startSimulatedCloud } from '../src/simulated-cloud/index.ts';
import { type CorpusFolder, type RenderCase, type Score, scoreOf } from './corpus-folder.ts';

/**
 * Deploys every CloudFormation bundle that has a spec: each template that its spec renders to becomes a stack on the
 * simulated cloud, made by the product's own provisioner, and is deleted again. A bundle counts when all its stacks do.
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

  const bundles = new Map<string, RenderCase[]>();
  for (const each of corpus.renderings.filter(({ label, error }) => /^spec/.test(label) && error === undefined)) {
    bundles.set(each.bundle, [...(bundles.get(each.bundle) ?? []), each]);
  }
  const outcomes: { name: string; miss?: string }[] = [];
  for (const [index, [name, cases]] of [...bundles].entries()) {
    outcomes.push({ name, miss: await deployBundle(corpus, provisioner, cases, index) });
  }
  provisioner.close();
  await cloud.value.close();
  await database.value.close();
  rmSync(folder, { recursive: true, force: true });
  return scoreOf(outcomes);
}

/** Each bundle in an account of its own, so that named resources of different bundles do not meet. */
async function deployBundle(
  corpus: CorpusFolder,
  provisioner: CloudFormationProvisioner,
  cases: readonly RenderCase[],
  index: number,
): Promise<string | undefined> {
  const accountId = String(200_000_000_000 + index);
  const placement = { accountId, region: 'us-east-1', roleArn: `arn:aws:iam::${accountId}:role/deuteron` };
  for (const [position, each] of cases.entries()) {
    const template = parseTemplate(corpus.read(each.template), basename(each.template));
    const rendered = template.ok ? renderTemplate(template.value, JSON.parse(corpus.read(each.context))) : template;
    if (!rendered.ok) return rendered.refusal.message;
    const subject = { placement, stackName: `AWSProton-corpus-${index}-${position}` };
    const request = {
      ...subject,
      token: `apply-${index}-${position}`,
      template: rendered.value.text,
      parameters: {},
      tags: {},
    };
    const started = await provisioner.start(request);
    if (!started.ok) return `${each.id}: ${started.refusal.message}`;
    const end = await ended(provisioner, subject, request.token, 'apply');
    if (end !== undefined) return `${each.id}: ${end}`;
  }
  for (const position of [...cases.keys()].reverse()) {
    const subject = { placement, stackName: `AWSProton-corpus-${index}-${position}` };
    const token = `delete-${index}-${position}`;
    const removed = await provisioner.remove({ ...subject, token });
    const end = removed.ok ? await ended(provisioner, subject, token, 'delete') : removed.refusal.message;
    if (end !== undefined) return `deletion: ${end}`;
  }
  return undefined;
}

async function ended(
  provisioner: CloudFormationProvisioner,
  subject: Parameters<CloudFormationProvisioner['observe']>[0],
  token: string,
  operation: 'apply' | 'delete',
): Promise<string | undefined> {
  for (;;) {
    const seen = await provisioner.observe(subject, token, operation);
    if (!seen.ok) return seen.refusal.message;
    switch (seen.value.state) {
      case 'in-progress':
        await delay(20);
        break;
      case 'succeeded':
      case 'deleted':
        return undefined;
      case 'failed':
        return seen.value.refusal.message;
      case 'cancelled':
        return 'the stack is gone';
    }
  }
}
