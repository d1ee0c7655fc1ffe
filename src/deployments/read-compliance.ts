import type { Db } from '../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { shortArn } from '../identifiers/index.ts';
import type { ResourceCompliance } from '../provisioners/index.ts';
import type { Provisioners } from './running/deploy-tools.ts';
import { targetFind } from './target-store.ts';

/** What the cloud's own rules say of what a thing has in one account and region. */
export interface ComplianceThere {
  readonly accountId: string;
  readonly region: string;
  readonly resources: readonly ResourceCompliance[];
}

/**
 * Asks the provider, in the account and by the role that a thing is provisioned with, what the cloud's own rules say of it.
 * @refuses a thing that has nothing in the cloud, a provider that cannot be asked, and what it refuses
 */
export async function readCompliance(
  { db, provisioners }: { readonly db: Db; readonly provisioners: Provisioners },
  arn: string,
): Promise<Result<readonly ComplianceThere[]>> {
  const record = await targetFind(db, arn);
  if (!record || record.resources.length === 0) return nothingProvisioned(arn);
  const read: ComplianceThere[] = [];
  for (const { method, placement, resources } of record.resources) {
    const ask = provisioners[method]?.compliance;
    if (!ask) return cannotBeAsked(method);
    const there = await ask(placement, resources);
    if (!there.ok) return there;
    read.push({ accountId: placement.accountId, region: placement.region, resources: there.value });
  }
  return accept(read);
}

function nothingProvisioned(arn: string): Result<never, Refusal<'compliance-nothing-provisioned'>> {
  return refuse({
    kind: 'missing',
    code: 'compliance-nothing-provisioned',
    message: `${shortArn(arn)} has nothing in the cloud that is known here.`,
    remedy: 'Name an environment, a service instance or a pipeline that was deployed.',
  });
}

function cannotBeAsked(method: string): Result<never, Refusal<'compliance-not-available'>> {
  return refuse({
    kind: 'unavailable',
    code: 'compliance-not-available',
    message: `What ${method} provisions cannot be asked about.`,
    remedy: 'Look into the account itself.',
  });
}
