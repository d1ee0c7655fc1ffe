import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { openDatabase } from '../src/database/index.ts';
import { startSimulatedCloud } from '../src/simulated-cloud/index.ts';
import type { MutationCase } from './case-folder.ts';
import { compareDeployment, type DeploymentDifference, DeploymentFigures } from './compare-deployment.ts';
import { type DeployableCase, deployableCase } from './deployable-case.ts';
import { observeDeployment } from './observe-deployment.ts';
import { predict } from './predict.ts';
import { worldOf } from './prepare-world.ts';
import { rewrittenIn } from './rewritten-resources.ts';

/** A cloud with nothing in it, in which every case has an account of its own: names do not meet. */
export interface CloudOfCases {
  /** Puts what the case reads where it will be deployed. @returns a client for that place */
  prepare(mutation: DeployableCase, index: number): Promise<CloudFormationClient>;
  close(): Promise<void>;
}

/** @param url of a simulated cloud */
export function cloudOfCases(url: string): CloudOfCases {
  const clients: CloudFormationClient[] = [];
  return {
    async prepare(mutation, index) {
      const place = { accountId: String(index + 1).padStart(12, '2'), region: 'us-east-1' };
      for (const { path, body } of worldOf(mutation, place)) await tell(url, path, body);
      const credentials = { accessKeyId: `TESTSIM${place.accountId}`, secretAccessKey: 'any' };
      const client = new CloudFormationClient({ endpoint: url, region: place.region, credentials, maxAttempts: 1 });
      clients.push(client);
      return client;
    },
    async close() {
      for (const client of clients) client.destroy();
    },
  };
}

async function tell(url: string, path: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/_simulated${path}`, { method: 'PUT', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
}

/** A simulated cloud on a database of its own, both gone when it is closed. */
export async function startCloudOfCases(): Promise<CloudOfCases> {
  const folder = mkdtempSync(join(tmpdir(), 'deuteron-mutations-'));
  chmodSync(folder, 0o755); // from root the database runs as another user, who must pass it
  const database = await openDatabase({ folder, sessionsMax: 2 });
  if (!database.ok) throw new Error(database.refusal.message);
  const started = await startSimulatedCloud({ databaseUrl: database.value.url, clockScale: 0 });
  if (!started.ok) throw new Error(started.refusal.message);
  const cases = cloudOfCases(started.value.url);
  return {
    prepare: cases.prepare,
    async close() {
      await cases.close();
      await started.value.close();
      await database.value.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** As many as keep a cloud busy; each has an account of its own. */
const atOnce = 8;

/** A difference of a case. */
export type CaseDifference = DeploymentDifference & { readonly case: string };

/**
 * Deploys all cases, in their order, but for those that bring templates of nested stacks: in these another one lies under
 * the same address when the second version is deployed.
 */
export async function deployCases(
  all: readonly MutationCase[],
  cloud: CloudOfCases,
): Promise<{ readonly figures: DeploymentFigures; readonly differences: readonly CaseDifference[] }> {
  const cases = all.filter(({ before, after }) => !before.children && !after.children);
  const figures = new DeploymentFigures();
  const differences: CaseDifference[] = [];
  for (let first = 0; first < cases.length; first += atOnce) {
    const some = cases.slice(first, first + atOnce);
    const observed = await Promise.all(
      some.map(async (mutation, index) => {
        const deployable = deployableCase(mutation);
        return observeDeployment(await cloud.prepare(deployable, first + index), deployable);
      }),
    );
    for (const [index, mutation] of some.entries()) {
      const found = compareDeployment(predict(mutation), observed[index]!, rewrittenIn(mutation));
      figures.add(observed[index]!, found);
      differences.push(...found.map((each) => ({ ...each, case: mutation.id })));
    }
  }
  return { figures, differences };
}
