import { governedThings } from '../../fleet/index.ts';
import { authoriseActs } from '../../governance/index.ts';
import { type Authorise, principalFacts } from '../../organization/index.ts';
import { isThing } from './act.ts';
import type { AuthorisationTools } from './authorise-request.ts';

/**
 * How the organization has its own acts decided: by governance, with the facts of the transaction in which they are done,
 * and with what else is known of a thing. Decisions are kept with the audit entry of the request.
 */
export function authoriseOrganization({ clock, installation, timeZone }: AuthorisationTools): Authorise {
  return async (tx, by, acts) => {
    const at = clock.now();
    const principal = await principalFacts(tx, by, at);
    if (!principal) throw new Error(`there is no principal ${by} any more`);
    const known = await governedThings(
      tx,
      installation,
      acts.flatMap(({ resource }) => (isThing(resource) ? resource : [])),
    );
    const requests = acts.map(({ verb, resource }) => {
      const { accountIds, templateArn } = known.get(resource.arn)?.facts ?? {};
      const facts = { ...resource, ...(accountIds && { accountIds }), ...(templateArn && { templateArn }) };
      return { verb, principal, resource: facts, at, timeZone, via: 'native' } as const;
    });
    return authoriseActs(tx, requests);
  };
}
