import type { Db } from '../../database/index.ts';
import { accept } from '../../errors/index.ts';
import { resourcesSummary } from '../../fleet/index.ts';
import type { ProtonOperations } from './operation.ts';

export function fleetOperations({ db }: { readonly db: Db }) {
  return {
    GetResourcesSummary: async () => accept({ counts: await resourcesSummary(db) }),
  } satisfies ProtonOperations;
}
