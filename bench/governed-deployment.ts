import { migrate, openDatabase } from '../src/database/index.ts';
import { deploymentFind, deploymentInsert } from '../src/deployments/deployment-store.ts';
import type { DeploymentId, Plan, PlanId, TargetRef } from '../src/deployments/index.ts';
import { targetInsert } from '../src/deployments/target-store.ts';
import { decideAboutPlan } from '../src/deployments/verdicts/decide-about-plan.ts';
import { decideByGovernance } from '../src/deployments/verdicts/decide-by-governance.ts';
import { allowAll } from '../src/deployments/verdicts/verdict.ts';
import { modelAssignmentUpsert } from '../src/governance/rules/assignment-store.ts';
import { placementUpsert } from '../src/organization/placements/placement-store.ts';
import { givenMember, givenPrincipal, givenTeam, givenUnit } from '../src/organization/testing/organization-world.ts';
import type { MeasureContext, Measured } from './figure.ts';
import { percentile } from './statistics.ts';
import { removeFolder, temporaryFolder } from './temporary-folder.ts';

const warmUps = 20;
const samples = 300;

/** What it adds to one deployment that its plan is decided about: facts, rules, the decision, and keeping all of it. */
export async function measureGovernedDeployment({ say }: MeasureContext): Promise<Measured> {
  const folder = temporaryFolder();
  const database = await openDatabase({ folder });
  if (!database.ok) throw new Error(database.refusal.message);
  const { db } = database.value;
  try {
    const migrated = await migrate(db);
    if (!migrated.ok) throw new Error(migrated.refusal.message);
    await givenUnit(db, 'shop');
    await givenTeam(db, 'orders', 'shop');
    const requestedBy = await givenPrincipal(db, 'ana');
    await givenMember(db, 'orders', requestedBy);
    await modelAssignmentUpsert(db, { scope: 'organization', name: 'golden-path', by: 'bench', at: new Date() });
    const target: TargetRef = {
      kind: 'environment',
      arn: 'arn:aws:proton:us-east-1:111122223333:environment/orders',
      createdAt: new Date(),
      environmentName: 'orders',
    };
    const placement = { arn: target.arn, kind: 'environment', unit: 'shop', ownerTeam: 'orders', labels: {} } as const;
    await placementUpsert(db, placement, new Date());
    await targetInsert(db, target, false);
    const id = 'bench' as DeploymentId;
    await deploymentInsert(db, { id, target, operation: 'update', requestedBy, createdAt: new Date() }, 'queued');
    const deployment = await deploymentFind(db, id);
    if (!deployment) throw new Error('the deployment is not there');

    const clock = { now: () => new Date() };
    const timed = async (decide: ReturnType<typeof decideByGovernance>) => {
      const times: number[] = [];
      for (let index = 0; index < warmUps + samples; index += 1) {
        const begun = performance.now();
        const verdict = await decideAboutPlan({ decide, clock }, db, deployment, plan(target.arn));
        times.push(performance.now() - begun);
        if (verdict.verdict !== 'allow') throw new Error(`it is ${verdict.verdict}`);
      }
      return times.slice(warmUps);
    };
    say(`${samples} plans decided about`);
    const governed = await timed(decideByGovernance({ clock, timeZone: 'UTC' }));
    const free = await timed(allowAll);
    const figure = (part: number, name: string) => ({
      name,
      unit: 'ms',
      better: 'less' as const,
      value: percentile(governed, part),
      samples,
      how: `${name} of ${samples} plans, one after the other, golden path, on the embedded database: facts of who asks and of the thing, the decision, and keeping it`,
      baseline: {
        name: 'nothing is governed',
        value: percentile(free, part),
        samples,
        how: 'the same step where everything is allowed',
      },
    });
    return { figures: [figure(0.5, 'a deployment is decided about, p50'), figure(0.99, 'the same, p99')], notes: [] };
  } finally {
    await database.value.close();
    removeFolder(folder);
  }
}

function plan(targetArn: string): Plan {
  const placement = { accountId: '111122223333', region: 'us-east-1' };
  return {
    id: 'sha256:bench' as PlanId,
    operation: 'update',
    targetArn,
    stackName: 'orders',
    placements: [placement],
    changeClass: 'compatible',
    verdict: 'in-place',
    flags: [],
    targets: [],
    irreversible: [],
    notes: [],
  };
}
