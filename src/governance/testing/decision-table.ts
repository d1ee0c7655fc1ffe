import type { GovernedClass } from '../change.ts';
import { decide } from '../decisions/decide.ts';
import type { DecisionRequest } from '../decisions/decision-request.ts';
import type { Verdict } from '../decisions/verdict.ts';
import type { GovernedKind, PrincipalFacts } from '../facts.ts';
import type { Policies } from '../rules/policies.ts';
import type { Verb } from '../verbs.ts';
import { people, resource, wednesday } from './example-estate.ts';

interface Row {
  readonly verb: Verb;
  readonly kind: GovernedKind;
  readonly environmentClass?: string;
  readonly changeClass?: GovernedClass;
  readonly statefulTouched?: number;
}

const classes = ['sandbox', 'test', 'production'];
const updates = (verb: Verb, kind: GovernedKind) =>
  classes.flatMap((environmentClass) =>
    (['none', 'compatible', 'breaking', 'data-affecting'] as const).map((changeClass) => ({
      verb,
      kind,
      environmentClass,
      changeClass,
      statefulTouched: changeClass === 'data-affecting' ? 1 : 0,
    })),
  );
const inEachClass = (verb: Verb, kind: GovernedKind, statefulTouched = 0): Row[] =>
  classes.map((environmentClass) => ({ verb, kind, environmentClass, statefulTouched }));

/** Verb, kind and circumstances: the lines of a decision table. */
export const decisionRows: readonly Row[] = [
  ...(['register', 'publish', 'recommend', 'deprecate', 'withdraw', 'delete', 'read'] as const).map((what) => ({
    verb: `template:${what}` as const,
    kind: 'service-template' as const,
  })),
  ...inEachClass('environment:create', 'environment'),
  ...updates('environment:update', 'environment'),
  ...inEachClass('environment:delete', 'environment'),
  ...inEachClass('environment:delete', 'environment', 1),
  { verb: 'service:create', kind: 'service' },
  { verb: 'service:delete', kind: 'service' },
  { verb: 'service:delete', kind: 'service', statefulTouched: 1 },
  ...inEachClass('instance:create', 'service-instance'),
  ...updates('instance:update', 'service-instance'),
  ...inEachClass('instance:delete', 'service-instance'),
  ...inEachClass('instance:delete', 'service-instance', 1),
  { verb: 'instance:read', kind: 'service-instance', environmentClass: 'production' },
  { verb: 'pipeline:update', kind: 'service-pipeline', changeClass: 'compatible' },
  ...inEachClass('component:attach', 'component'),
  { verb: 'guard-rail:except', kind: 'service-instance', environmentClass: 'production' },
  { verb: 'campaign:start', kind: 'unit' },
  { verb: 'ownership:hand-over', kind: 'service' },
  { verb: 'ownership:accept', kind: 'service' },
  { verb: 'data-ownership:hand-over', kind: 'service' },
  { verb: 'resource:place', kind: 'service' },
  { verb: 'resource:adopt', kind: 'service-instance', environmentClass: 'test' },
  { verb: 'deployment:cancel', kind: 'service-instance', environmentClass: 'production' },
  { verb: 'model:assign', kind: 'unit' },
  { verb: 'policy:write', kind: 'unit' },
  { verb: 'organization:write', kind: 'unit' },
  { verb: 'organization:write', kind: 'team' },
  { verb: 'membership:write', kind: 'team' },
  { verb: 'membership:end', kind: 'team' },
  { verb: 'account:connect', kind: 'account' },
  { verb: 'principal:end', kind: 'principal' },
  { verb: 'principal:reinstate', kind: 'principal' },
  { verb: 'key:issue', kind: 'principal' },
  { verb: 'webhook:write', kind: 'installation' },
  { verb: 'audit:read', kind: 'installation' },
];

export function rowRequest(row: Row, principal: PrincipalFacts): DecisionRequest {
  const { verb, kind, environmentClass, changeClass = 'none', statefulTouched = 0 } = row;
  const asUnit = {
    arn: kind === 'principal' ? 'principal/somebody' : 'shop',
    ownerTeam: undefined,
    dataOwnerTeam: undefined,
    environmentOwnerTeam: undefined,
  };
  const isPlace = kind === 'unit' || kind === 'installation' || kind === 'principal';
  return {
    verb,
    principal,
    resource: resource(kind, {
      environmentClass,
      ...(isPlace ? asUnit : {}),
      ...(kind === 'installation' ? { arn: 'installation', unitPath: ['organization'] } : {}),
    }),
    change: { changeClass, flags: [], plan: { replaced: 0, removed: 0, statefulTouched, targets: 1 } },
    at: wednesday,
    timeZone: 'UTC',
    via: 'native',
  };
}

/** One line for each row, one column for each of `people`: `yes`, `no`, or whose approvals are wanted. */
export function decisionTable(policies: Policies): string {
  const head = ['verb', 'class', 'change', 'data', ...Object.keys(people)];
  const lines = decisionRows.map((row) => [
    row.verb,
    row.environmentClass ?? '-',
    row.changeClass ?? '-',
    row.statefulTouched ? 'yes' : '-',
    ...Object.values(people).map((principal) => showVerdict(decide(policies, rowRequest(row, principal)))),
  ]);
  return aligned([head, ...lines]);
}

export function showVerdict(verdict: Verdict): string {
  switch (verdict.verdict) {
    case 'allow':
      return verdict.informs.length > 0 ? `yes, tell ${verdict.informs.join(' ')}` : 'yes';
    case 'deny':
      return 'no';
    case 'needs-approvals': {
      const wishes = verdict.approvals.map(
        ({ approvers, count, noSelfApproval }) =>
          `${count > 1 ? `${count} ` : ''}${approvers.join('|')}${noSelfApproval ? '*' : ''}`,
      );
      return [...new Set(wishes)].join(' + ');
    }
  }
}

export function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
