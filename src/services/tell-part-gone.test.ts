import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DeploymentId } from '../deployments/index.ts';
import { ana } from '../environments/testing/environment-world.ts';
import { newId } from '../identifiers/index.ts';
import { createService } from './create-service.ts';
import { instanceRef } from './request-part.ts';
import { instanceFind } from './service-instance-store.ts';
import { serviceInstanceTarget } from './service-instance-target.ts';
import { serviceFind, serviceUpdate } from './service-store.ts';
import { accepted, type ServiceWorld, serviceWorld } from './testing/service-world.ts';

let world: ServiceWorld;
beforeAll(async () => {
  world = await serviceWorld();
});
afterAll(() => world.close());

/** The instance is gone, by a deletion of itself. */
async function gone(serviceName: string, name: string): Promise<string | null | undefined> {
  const { db, clock } = world.tools;
  const instance = await instanceFind(db, serviceName, name);
  if (!instance) throw new Error(`there is no instance ${name}`);
  const deploymentId = newId<DeploymentId>();
  const progress = { deploymentId, operation: 'delete', status: 'DELETE_COMPLETE', at: clock.now() } as const;
  const target = serviceInstanceTarget(world.tools);
  await db.transaction().execute((tx) => target.record(tx, instanceRef(instance), progress));
  return (await serviceFind(db, serviceName))?.statusMessage;
}

test('a service whose deletion failed says how it goes, once what kept it is gone', async () => {
  const { db, clock } = world.tools;
  const spec = `proton: ServiceSpec
pipeline: {}
instances:
  - {name: one, environment: dev, spec: {seconds: 1}}
  - {name: two, environment: dev, spec: {seconds: 2}}
`;
  const repository = { repositoryId: 'o/r', branchName: 'main', repositoryConnectionArn: 'arn:aws:codestar:x' };
  const wanted = { name: 'kept', templateName: 'queue', majorVersion: 1, spec, ...repository };
  accepted(await createService(world.tools, ana, wanted));
  await serviceUpdate(db, 'kept', { status: 'DELETE_FAILED', statusMessage: 'Could not be deleted.', at: clock.now() });
  expect(await gone('kept', 'one')).toBe(
    'Gone now: the instance one; still there: the instance two, the pipeline. Delete the service again.',
  );
  await serviceUpdate(db, 'kept', { status: 'DELETE_IN_PROGRESS', statusMessage: null, at: clock.now() });
  expect(await gone('kept', 'two')).toBeNull();
});
