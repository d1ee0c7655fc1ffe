import {
  type EvaluatedObject,
  type EvaluatedValue,
  isEvaluatedList,
  isEvaluatedObject,
  isUnknown,
} from '../cloudformation/index.ts';

/** A policy as IAM and resource policies write it: an object with statements. */
export function isPolicyDocument(value: EvaluatedValue | undefined): value is EvaluatedObject {
  if (!isEvaluatedObject(value)) return false;
  const statements = listOf(value.Statement);
  return statements.length > 0 && statements.every((each) => isEvaluatedObject(each) && each.Effect !== undefined);
}

/** One statement with every member as a set of texts; a text and a list of one are the same. */
export interface PolicyStatement {
  readonly effect: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  /** `AWS:arn…`, or `*`. */
  readonly principals: readonly string[];
  readonly notPrincipals: readonly string[];
  /** Canonical text; empty: unconditional. */
  readonly condition: string;
}

/** Statements by meaning: Sids, order and the spelling of single-element lists are left out. */
export function policyStatements(document: EvaluatedValue | undefined): readonly PolicyStatement[] {
  if (!isEvaluatedObject(document)) return [];
  return listOf(document.Statement)
    .filter(isEvaluatedObject)
    .map((statement) => ({
      effect: texts(statement.Effect)[0] ?? 'Allow',
      actions: texts(statement.Action).map((action) => action.toLowerCase()),
      notActions: texts(statement.NotAction).map((action) => action.toLowerCase()),
      resources: texts(statement.Resource),
      notResources: texts(statement.NotResource),
      principals: principalTexts(statement.Principal),
      notPrincipals: principalTexts(statement.NotPrincipal),
      condition: conditionText(statement.Condition),
    }));
}

export function canonicalPolicy(document: EvaluatedObject): string {
  const statements = policyStatements(document).map((statement) => JSON.stringify(statement));
  return JSON.stringify([text(document.Version ?? '2008-10-17'), [...new Set(statements)].sort()]);
}

function listOf(value: EvaluatedValue | undefined): readonly EvaluatedValue[] {
  if (value === undefined) return [];
  return isEvaluatedList(value) ? value : [value];
}

function text(value: EvaluatedValue): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function texts(value: EvaluatedValue | undefined): readonly string[] {
  return [...new Set(listOf(value).map(text))].sort();
}

function principalTexts(value: EvaluatedValue | undefined): readonly string[] {
  if (value === undefined) return [];
  if (!isEvaluatedObject(value)) return texts(value);
  const named = Object.entries(value).flatMap(([kind, who]) =>
    texts(who).map((each) => (kind === 'AWS' && each === '*' ? '*' : `${kind}:${each}`)),
  );
  return [...new Set(named)].sort();
}

function conditionText(value: EvaluatedValue | undefined): string {
  if (!isEvaluatedObject(value) || isUnknown(value)) return value === undefined ? '' : text(value);
  const operators = Object.keys(value).sort();
  return JSON.stringify(
    operators.map((operator) => {
      const keys = value[operator]!;
      if (!isEvaluatedObject(keys)) return [operator, texts(keys)];
      return [
        operator,
        Object.keys(keys)
          .sort()
          .map((key) => [key, texts(keys[key])]),
      ];
    }),
  );
}

export interface AccessChange {
  /** Statements of the new policy that allow what the old one did not. */
  readonly widened: readonly PolicyStatement[];
  /** Statements of the old policy that allowed what the new one does not. */
  readonly narrowed: readonly PolicyStatement[];
}

/**
 * What two policies allow, compared statement by statement: a statement is covered when one of the other side allows at
 * least as much. A Deny that disappears widens, one that appears narrows.
 */
export function compareAccess(before: EvaluatedValue | undefined, after: EvaluatedValue | undefined): AccessChange {
  const [was, is] = [policyStatements(before).flatMap(single), policyStatements(after).flatMap(single)];
  const allows = (statements: readonly PolicyStatement[]) => statements.filter(({ effect }) => effect !== 'Deny');
  const denies = (statements: readonly PolicyStatement[]) => statements.filter(({ effect }) => effect === 'Deny');
  return {
    widened: [...uncovered(allows(is), allows(was)), ...uncovered(denies(was), denies(is))],
    narrowed: [...uncovered(allows(was), allows(is)), ...uncovered(denies(is), denies(was))],
  };
}

/** A statement for each combination of action, resource and principal, so that statements may be split and joined. */
function single(statement: PolicyStatement): readonly PolicyStatement[] {
  const some = (list: readonly string[]) => (list.length > 0 ? list.map((each) => [each]) : [[]]);
  return some(statement.actions).flatMap((actions) =>
    some(statement.resources).flatMap((resources) =>
      some(statement.principals).map((principals) => ({ ...statement, actions, resources, principals })),
    ),
  );
}

function uncovered(statements: readonly PolicyStatement[], by: readonly PolicyStatement[]): readonly PolicyStatement[] {
  return statements.filter((statement) => !by.some((other) => covers(other, statement)));
}

function covers(wide: PolicyStatement, narrow: PolicyStatement): boolean {
  return (
    everyCovered(narrow.actions, wide.actions) &&
    everyCovered(narrow.resources, wide.resources) &&
    everyCovered(narrow.principals, wide.principals) &&
    everyCovered(wide.notActions, narrow.notActions) &&
    everyCovered(wide.notResources, narrow.notResources) &&
    everyCovered(wide.notPrincipals, narrow.notPrincipals) &&
    (wide.condition === '' || wide.condition === narrow.condition)
  );
}

function everyCovered(narrow: readonly string[], wide: readonly string[]): boolean {
  if (narrow.length === 0) return wide.length === 0;
  return narrow.every((item) => wide.some((pattern) => matchesWildcard(pattern, item)));
}

/** `*` is any text, `?` any character, as in IAM. */
export function matchesWildcard(pattern: string, item: string): boolean {
  if (pattern === item || pattern === '*') return true;
  if (!/[*?]/.test(pattern)) return false;
  // Literal pieces one after the other, without a regular expression that a policy could make slow.
  const pieces = pattern.split('*');
  let at = 0;
  for (const [index, piece] of pieces.entries()) {
    const found = findPiece(item, piece, at, index === pieces.length - 1);
    if (found < 0 || (index === 0 && found !== 0)) return false;
    at = found + piece.length;
  }
  return pieces.at(-1) === '' || at === item.length;
}

function findPiece(item: string, piece: string, from: number, isLast: boolean): number {
  const fits = (start: number) =>
    start + piece.length <= item.length &&
    [...piece].every((character, offset) => character === '?' || character === item[start + offset]);
  if (isLast)
    return item.length - piece.length >= from && fits(item.length - piece.length) ? item.length - piece.length : -1;
  for (let start = from; start + piece.length <= item.length; start++) if (fits(start)) return start;
  return -1;
}
