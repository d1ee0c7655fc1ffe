import { createFetchObject } from '../../object-storage/index.ts';
import { usualTemplateLimits } from '../../templates/index.ts';
import { type Registration, registerVersion } from '../../templates/register-version.ts';
import type { WorkflowEngine } from '../../workflows/index.ts';
import type { RegistryTools } from '../deuteron/index.ts';

/** A registry that registers versions at once, without an engine; of a refused bundle nothing is written down. */
export function testRegistry({
  db,
  clock,
  installation,
  storage,
}: Pick<RegistryTools, 'db' | 'clock' | 'installation' | 'storage'>): RegistryTools {
  const fetchObject = createFetchObject(storage, undefined);
  const engine: WorkflowEngine = {
    register: () => undefined,
    launch: async () => undefined,
    close: async () => undefined,
    start: async (_flow, _id, state) => {
      await registerVersion({ db, clock, fetchObject }, state as unknown as Registration);
    },
  };
  return { db, clock, installation, storage, engine, limits: usualTemplateLimits, usersOf: async () => [] };
}
