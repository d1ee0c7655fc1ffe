import type { Db } from '../../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import { classWrong, environmentClassList, templateCalled, unitPaths } from '../../organization/index.ts';
import { type ResourceFacts, theInstallation } from '../facts.ts';
import { couldHold, readScope, type Scope } from '../scope.ts';

/** A scope whose unit there is, and what rules are told of it. */
export interface Place {
  readonly scope: Scope;
  readonly facts: ResourceFacts;
}

export type ScopeRefusal = Refusal<'scope-wrong'>;

/**
 * Where something shall hold. @refuses what is no scope, one that could never hold for anything, a unit, a class of
 * environments or a template called by its short name that there is not
 */
export async function findPlace(db: Db, written: string): Promise<Result<Place, ScopeRefusal>> {
  const read = readScope(written);
  const scope = read && (await withArn(db, read));
  if (read && !(scope && couldHold(scope))) return neverHolds(read);
  const ofClass = scope?.within?.kind === 'environment-class' ? scope.within.id : undefined;
  const declared = ofClass === undefined ? [] : await environmentClassList(db);
  if (ofClass !== undefined && !declared.includes(ofClass)) {
    const { refusal } = classWrong('environment', ofClass, declared);
    return refuse({ ...refusal, code: 'scope-wrong' });
  }
  return placeOf(db, written, scope);
}

/** Where something holds already, however its scope was once written. @refuses what is no scope, a unit that there is not */
export async function findPlaceHeld(db: Db, written: string): Promise<Result<Place, ScopeRefusal>> {
  const read = readScope(written);
  return placeOf(db, written, read && ((await withArn(db, read)) ?? read));
}

/** A template may be called by the part of its ARN behind the account; undefined: there is none. */
async function withArn(db: Db, scope: Scope): Promise<Scope | undefined> {
  const { unit, within } = scope;
  if (within?.kind !== 'template' || within.id.startsWith('arn:')) return scope;
  const id = await templateCalled(db, within.id);
  return id === undefined ? undefined : { unit, within: { kind: 'template', id } };
}

async function placeOf(db: Db, written: string, scope: Scope | undefined): Promise<Result<Place, ScopeRefusal>> {
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

const forms = {
  'environment-class': 'Write one word of small letters, digits and -: production.',
  account: 'Write its twelve digits.',
  template: 'Write its ARN, or the part behind the account, of one that there is: service-template/worker.',
} as const;

function neverHolds({ within }: Scope): Result<never, ScopeRefusal> {
  const { kind, id } = within!;
  return refuse({
    kind: 'invalid',
    code: 'scope-wrong',
    message: `'${id}' is no ${kind.replace('-', ' ')}: nothing could ever hold there.`,
    remedy: forms[kind],
  });
}
