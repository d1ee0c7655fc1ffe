import { type ChosenName, exportClaim } from '../../changes/index.ts';

/** Where a name is one of its kind. */
export interface ClaimPlace {
  readonly accountId: string;
  readonly region: string;
}

interface Taken extends ClaimPlace {
  readonly arn: string;
  readonly name: string;
}

/**
 * Names that things would get, held against those that other things get by the same version, and against those of what is
 * deployed. Who comes first has the name.
 */
export class NameClaims {
  readonly #claimed = new Map<string, string>();
  readonly #taken = new Map<string, ReadonlyMap<string, string>>();
  readonly #namesTaken: (type: string) => Promise<readonly Taken[]>;

  /** @param namesTaken names of all deployed resources of a type */
  constructor(namesTaken: (type: string) => Promise<readonly Taken[]>) {
    this.#namesTaken = namesTaken;
  }

  /** The ARN of who has one of these names already; the first of them. */
  async conflict(
    arn: string,
    { accountId, region }: ClaimPlace,
    claims: readonly ChosenName[],
  ): Promise<{ readonly claim: ChosenName; readonly holder: string } | undefined> {
    for (const claim of claims) {
      const place = `${accountId} ${region} ${claim.type}`;
      const key = `${place} ${claim.key}`;
      const claimed = this.#claimed.get(key);
      const holder = claimed ?? (await this.#takenNames(claim.type)).get(`${place} ${claim.name}`);
      if (holder !== undefined && holder !== arn) return { claim, holder };
      this.#claimed.set(key, arn);
    }
    return undefined;
  }

  async #takenNames(type: string): Promise<ReadonlyMap<string, string>> {
    const known = this.#taken.get(type);
    if (known || type === exportClaim) return known ?? new Map();
    const taken = await this.#namesTaken(type);
    const names = new Map(
      taken.map(({ accountId, region, name, arn }) => [`${accountId} ${region} ${type} ${name}`, arn]),
    );
    this.#taken.set(type, names);
    return names;
  }
}
