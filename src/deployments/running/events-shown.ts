import type { Db } from '../../database/index.ts';
import { secretsIn } from '../renderings/rendering.ts';
import { renderingFind } from '../renderings/rendering-store.ts';
import { withoutSecrets } from '../renderings/secrets.ts';
import { type DeploymentEvent, eventsOf } from './event-store.ts';

/** What the provider said while it worked on a deployment, oldest first, as people may read it: secret inputs masked. */
export async function eventsShown(db: Db, deploymentId: string): Promise<DeploymentEvent[]> {
  const [events, rendering] = [await eventsOf(db, deploymentId), await renderingFind(db, deploymentId)];
  const secrets = rendering ? secretsIn(rendering) : [];
  return events.map((event) => ({ ...event, reason: event.reason && withoutSecrets(event.reason, secrets) }));
}
