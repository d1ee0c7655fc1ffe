import { sql } from 'kysely';
import type { Db } from '../database/index.ts';
import { environmentPlacement } from '../environments/index.ts';
import type { ResourceFacts } from '../governance/index.ts';
import type { Installation } from '../identifiers/index.ts';
import { type ResourceReference, resourceFactsOf } from '../organization/index.ts';
import { templateArn } from '../templates/index.ts';

/** What governance is told of a thing: where it is, whose, from which template, in which account. */
export interface GovernedThing {
  readonly facts: ResourceFacts;
  /** false: there is no such thing; then the facts are those of what it would be a part of, or of the root. */
  readonly exists: boolean;
}

interface KnownRow {
  readonly arn: string;
  readonly kind: string;
  readonly template: string | null;
  readonly roleArn: string | null;
}

/** Facts of things as they are now, by ARN. */
export async function governedThings(
  db: Db,
  installation: Installation,
  references: readonly ResourceReference[],
): Promise<ReadonlyMap<string, GovernedThing>> {
  if (references.length === 0) return new Map();
  const arns = references.map(({ arn }) => arn);
  const wanted = sql`any(${arns}::text[])`;
  const { rows } = await sql<KnownRow>`
    select arn, kind, null as template, null as "roleArn" from template where arn = ${wanted}
    union all select arn, 'environment', template_name, proton_service_role_arn from environment where arn = ${wanted}
    union all select arn, 'service', template_name, null from service where arn = ${wanted}
    union all select arn, 'service-pipeline', template_name, null from service_pipeline where arn = ${wanted}
    union all select thing.arn, 'service-instance', thing.template_name, home.proton_service_role_arn
      from service_instance thing join environment home on home.name = thing.environment_name
      where thing.arn = ${wanted}`.execute(db);
  const known = new Map(rows.map((row) => [row.arn, row]));
  const placed = await resourceFactsOf(db, references);
  return new Map(
    references.map(({ arn, kind }) => {
      const row = known.get(arn);
      const own = placed.get(arn);
      if (!own) throw new Error(`nothing is known of where ${arn} is`);
      const facts = { ...own, ...(row && madeFrom(installation, row)), ...(kind === 'account' && accountOf(arn)) };
      return [arn, { facts, exists: row !== undefined || kind === 'account' }];
    }),
  );
}

/** Of something that is about to be made. */
export function madeFrom(
  installation: Installation,
  { kind, template, roleArn }: Pick<KnownRow, 'kind' | 'template' | 'roleArn'>,
): Pick<ResourceFacts, 'accountIds' | 'templateArn'> {
  if (template === null) return {};
  const { accountId } = environmentPlacement(installation, { protonServiceRoleArn: roleArn ?? undefined });
  const of = kind === 'environment' ? 'environment' : 'service';
  return { accountIds: [accountId], templateArn: templateArn(installation, { kind: of, name: template }) };
}

function accountOf(arn: string): Pick<ResourceFacts, 'accountIds'> {
  const id = /:iam::(\d{12}):root$/.exec(arn)?.[1];
  return id === undefined ? {} : { accountIds: [id] };
}
