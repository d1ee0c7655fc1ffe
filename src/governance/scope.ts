import { parseProtonArn } from '../identifiers/index.ts';
import { rootUnit } from '../organization/index.ts';
import { type ResourceFacts, templateOf } from './facts.ts';

/** Where a model or a restriction holds: a unit with all below it, or only one class, account or template in there. */
export interface Scope {
  readonly unit: string;
  readonly within?: ScopePart;
}

export interface ScopePart {
  readonly kind: ScopePartKind;
  /** A class of environments, twelve digits, or the ARN of a template. */
  readonly id: string;
}

/** The later, the nearer to a single thing. */
export const scopePartKinds = ['environment-class', 'account', 'template'] as const;
export type ScopePartKind = (typeof scopePartKinds)[number];

export const everything: Scope = { unit: rootUnit };

/** `shop`, or `shop/environment-class:production`. */
export function showScope({ unit, within }: Scope): string {
  return within ? `${unit}/${within.kind}:${within.id}` : unit;
}

/** What `showScope` wrote; undefined for anything else. */
export function readScope(text: string): Scope | undefined {
  const [, unit, part] = /^([A-Za-z0-9][A-Za-z0-9_.-]{0,62})(?:\/(.+))?$/s.exec(text) ?? [];
  if (unit === undefined) return undefined;
  if (part === undefined) return { unit };
  const [, kind, id] = /^([a-z-]+):([A-Za-z0-9][A-Za-z0-9_.:/-]{0,199})$/.exec(part) ?? [];
  if (id === undefined || !isPartKind(kind)) return undefined;
  return { unit, within: { kind, id } };
}

/** Whether there could be anything for which it holds. */
export function couldHold({ within }: Scope): boolean {
  switch (within?.kind) {
    case undefined:
      return true;
    case 'environment-class':
      return /^[a-z][a-z0-9-]{0,39}$/.test(within.id);
    case 'account':
      return /^\d{12}$/.test(within.id);
    case 'template':
      return /^(?:environment|service)-template\/[^/:]+$/.test(parseProtonArn(within.id)?.resource ?? '');
  }
}

function isPartKind(word: string | undefined): word is ScopePartKind {
  return (scopePartKinds as readonly (string | undefined)[]).includes(word);
}

export function covers({ unit, within }: Scope, resource: ResourceFacts): boolean {
  if (!resource.unitPath.includes(unit)) return false;
  switch (within?.kind) {
    case undefined:
      return true;
    case 'environment-class':
      return resource.environmentClass === within.id;
    case 'account':
      return resource.accountIds?.includes(within.id) ?? false;
    case 'template':
      return templateOf(resource) === within.id;
  }
}

/**
 * The one that says most about this very resource: of a template before of an account, before of a class, before of a
 * whole unit; among equals the deeper unit. Two accounts of one resource at one depth: the first by name, so that it is
 * always the same.
 */
export function nearest<Item extends { readonly scope: Scope }>(
  items: readonly Item[],
  resource: ResourceFacts,
): Item | undefined {
  const rank = ({ scope }: Item) =>
    (scope.within ? scopePartKinds.indexOf(scope.within.kind) + 1 : 0) * 1_000 +
    resource.unitPath.lastIndexOf(scope.unit);
  return items
    .filter(({ scope }) => covers(scope, resource))
    .sort((a, b) => rank(b) - rank(a) || (showScope(a.scope) < showScope(b.scope) ? -1 : 1))[0];
}
