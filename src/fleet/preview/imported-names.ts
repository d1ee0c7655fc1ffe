import type { PseudoParameters } from '../../cloudformation/index.ts';
import type { Db } from '../../database/index.ts';
import type { Installation } from '../../identifiers/index.ts';
import { importerPage } from './fleet-thing-store.ts';

const pageSize = 50;

export interface ImportedNames {
  /** Exports of an account and region that another stack than this one imports. */
  of(place: PseudoParameters, arn: string): readonly string[];
}

type ImportsOf = (template: string, pseudo: PseudoParameters) => Promise<readonly string[]>;

/** What all deployed stacks import of each other. */
export async function readImportedNames(
  db: Db,
  installation: Installation,
  importsOf: ImportsOf,
  signal: AbortSignal,
): Promise<ImportedNames> {
  /** By place, then by name: who imports it. */
  const places = new Map<string, Map<string, Set<string>>>();
  for (let after = ''; !signal.aborted; ) {
    const page = await importerPage(db, after, pageSize);
    for (const { arn, template, placements, stackName } of page) {
      for (const { accountId, region } of placements) {
        const pseudo = { partition: installation.partition, accountId, region, stackName };
        const names = namesAt(places, placeOf(pseudo));
        for (const name of await importsOf(template, pseudo)) {
          const importers = names.get(name) ?? new Set();
          names.set(name, importers.add(arn));
        }
      }
    }
    if (page.length < pageSize) break;
    after = page.at(-1)?.arn ?? '';
  }
  return {
    of: (place, arn) =>
      [...(places.get(placeOf(place)) ?? [])]
        .filter(([, importers]) => importers.size > 1 || !importers.has(arn))
        .map(([name]) => name),
  };
}

function namesAt(places: Map<string, Map<string, Set<string>>>, place: string): Map<string, Set<string>> {
  const names = places.get(place) ?? new Map<string, Set<string>>();
  places.set(place, names);
  return names;
}

function placeOf({ accountId, region }: PseudoParameters): string {
  return `${accountId} ${region}`;
}
