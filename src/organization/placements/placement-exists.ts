import type { Db } from '../../database/index.ts';
import { placementsFind } from './placement-store.ts';

/** Whether there is such a resource. */
export async function placementExists(db: Db, arn: string): Promise<boolean> {
  return (await placementsFind(db, [arn])).has(arn);
}
