import type { Db } from '../../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import { unitPaths } from '../../organization/index.ts';
import { type ResourceFacts, theInstallation } from '../facts.ts';
import { readScope, type Scope } from '../scope.ts';

/** A scope whose unit there is, and what rules are told of it. */
export interface Place {
  readonly scope: Scope;
  readonly facts: ResourceFacts;
}

/** @refuses what is no scope, and a unit that there is not */
export async function findPlace(db: Db, written: string): Promise<Result<Place, Refusal<'scope-wrong'>>> {
  const scope = readScope(written);
  const unitPath = scope && (await unitPaths(db, [scope.unit])).get(scope.unit);
  if (scope && unitPath) {
    const facts = { ...theInstallation, kind: 'unit', arn: `unit/${scope.unit}`, unitPath } as const;
    return accept({ scope, facts });
  }
  return refuse({
    kind: 'invalid',
    code: 'scope-wrong',
    message: `'${written}' is no scope, or its unit does not exist.`,
    remedy:
      'Write a unit, as shop, or a part of it: shop/environment-class:production. deuteron org show lists all units.',
  });
}
