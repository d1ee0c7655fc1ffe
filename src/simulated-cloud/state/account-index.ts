import type { NameClaim } from '../physical-ids/identity.ts';
import type { CloudChanges } from './cloud-changes.ts';
import type { ExportRow, ImportRow, StoredAccount, TakenName } from './cloud-store.ts';

/** The latest stack that has had a name. */
export interface NamedStack {
  readonly id: string;
  readonly ordinal: number;
  live: boolean;
}

/**
 * What must be known across the stacks of one account: names of stacks, exports and who imports them, names that may
 * exist only once. Kept in memory; every change is also noted for the next commit.
 */
export class AccountIndex {
  readonly accountId: string;
  readonly #changes: () => CloudChanges;
  readonly #stacks = new Map<string, NamedStack>();
  readonly #exports = new Map<string, ExportRow>();
  readonly #importers = new Map<string, Set<string>>();
  readonly #names: Map<string, TakenName>;
  readonly #globalNames: Map<string, TakenName>;

  /**
   * @param globalNames shared by all accounts
   * @param changes where to note changes now
   */
  constructor(
    accountId: string,
    stored: StoredAccount,
    globalNames: Map<string, TakenName>,
    changes: () => CloudChanges,
  ) {
    this.accountId = accountId;
    this.#changes = changes;
    this.#globalNames = globalNames;
    this.#names = new Map(stored.names.map((name) => [nameKey(name), name]));
    for (const { region, name, ...stack } of stored.stacks) this.#stacks.set(`${region}/${name}`, stack);
    for (const row of stored.exports) this.#exports.set(exportKey(row.region, row.name), row);
    for (const row of stored.imports) this.#importersOf(row.region, row.exportName).add(row.stackId);
  }

  stackNamed(region: string, name: string): NamedStack | undefined {
    return this.#stacks.get(`${region}/${name}`);
  }

  /** The stack itself is noted for the commit by its owner. */
  nameStack(region: string, name: string, stack: NamedStack): void {
    this.#stacks.set(`${region}/${name}`, stack);
  }

  /** How many stacks there are now in a region. */
  liveStacks(region: string): number {
    let count = 0;
    for (const [key, { live }] of this.#stacks) if (live && key.startsWith(`${region}/`)) count++;
    return count;
  }

  export(region: string, name: string): ExportRow | undefined {
    return this.#exports.get(exportKey(region, name));
  }

  exportsOf(region: string): ExportRow[] {
    return [...this.#exports.values()].filter((row) => row.region === region);
  }

  putExport(row: ExportRow): void {
    const key = exportKey(row.region, row.name);
    this.#exports.set(key, row);
    this.#changes().exports.set(`${this.accountId}/${key}`, { row, removed: false });
  }

  removeExport(region: string, name: string): void {
    const key = exportKey(region, name);
    const row = this.#exports.get(key);
    if (!row) return;
    this.#exports.delete(key);
    this.#changes().exports.set(`${this.accountId}/${key}`, { row, removed: true });
  }

  /** Ids of the stacks that import it. */
  importers(region: string, exportName: string): readonly string[] {
    return [...(this.#importers.get(exportKey(region, exportName)) ?? [])];
  }

  addImport(row: ImportRow): void {
    this.#importersOf(row.region, row.exportName).add(row.stackId);
    this.#noteImport(row, false);
  }

  removeImport(row: ImportRow): void {
    this.#importersOf(row.region, row.exportName).delete(row.stackId);
    this.#noteImport(row, true);
  }

  #importersOf(region: string, exportName: string): Set<string> {
    const key = exportKey(region, exportName);
    const known = this.#importers.get(key) ?? new Set();
    this.#importers.set(key, known);
    return known;
  }

  #noteImport(row: ImportRow, removed: boolean): void {
    const key = `${this.accountId}/${row.region}/${row.exportName}/${row.stackId}`;
    this.#changes().imports.set(key, { row, removed });
  }

  taken(region: string, claim: Pick<NameClaim, 'type' | 'name' | 'unique'>): TakenName | undefined {
    return this.#namesOf(claim.unique).get(nameKey({ ...claim, scope: this.#scope(region, claim.unique) }));
  }

  takeName(
    region: string,
    claim: Pick<NameClaim, 'type' | 'name' | 'unique'>,
    by: { stackId?: string; logicalId?: string; holdsData?: boolean },
  ): void {
    const row: TakenName = {
      scope: this.#scope(region, claim.unique),
      type: claim.type,
      name: claim.name,
      accountId: this.accountId,
      stackId: by.stackId,
      logicalId: by.logicalId,
      holdsData: by.holdsData ?? false,
    };
    this.#namesOf(claim.unique).set(nameKey(row), row);
    this.#changes().names.set(nameKey(row), { row, removed: false });
  }

  releaseName(region: string, claim: Pick<NameClaim, 'type' | 'name' | 'unique'>): void {
    const row = this.taken(region, claim);
    if (!row) return;
    this.#namesOf(claim.unique).delete(nameKey(row));
    this.#changes().names.set(nameKey(row), { row, removed: true });
  }

  takenNames(): TakenName[] {
    const global = [...this.#globalNames.values()].filter(({ accountId }) => accountId === this.accountId);
    return [...this.#names.values(), ...global];
  }

  #namesOf(unique: NameClaim['unique']): Map<string, TakenName> {
    return unique === 'global' ? this.#globalNames : this.#names;
  }

  #scope(region: string, unique: NameClaim['unique']): string {
    switch (unique) {
      case 'global':
        return 'global';
      case 'account':
        return this.accountId;
      case 'region':
        return `${this.accountId}/${region}`;
    }
  }
}

export function nameKey({ scope, type, name }: Pick<TakenName, 'scope' | 'type' | 'name'>): string {
  return `${scope}\n${type}\n${name}`;
}

function exportKey(region: string, name: string): string {
  return `${region}/${name}`;
}
