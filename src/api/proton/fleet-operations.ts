import type { Db } from '../../database/index.ts';
import { accept } from '../../errors/index.ts';
import { resourcesSummary } from '../../fleet/index.ts';
import type { ProtonOperations } from './operation.ts';

export function fleetOperations({ db }: { readonly db: Db }) {
  return {
    GetResourcesSummary: async (_, { readsWhole }) =>
      accept({ counts: await resourcesSummary(db, await readsWhole?.()) }),
  } satisfies ProtonOperations;
}
