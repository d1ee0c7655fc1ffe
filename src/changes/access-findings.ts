import {
  type EvaluatedObject,
  type EvaluatedResource,
  type EvaluatedValue,
  isEvaluatedList,
  isEvaluatedObject,
  normaliseProperties,
} from '../cloudformation/index.ts';
import type { ChangeFinding } from './finding.ts';
import { compareReach } from './network-exposure.ts';
import { compareAccess, isPolicyDocument, type PolicyStatement } from './policy-document.ts';
import { canonical } from './property-changes.ts';

/** A resource before and after; the one or the other is absent for a resource that is added or removed. */
export interface AccessPair {
  readonly logicalId: string;
  readonly type: string;
  /** With the reads of renamed resources renamed. */
  readonly before?: EvaluatedObject;
  readonly after?: EvaluatedObject;
}

/** Who may do more or less than before, and who can reach more or less. */
export function accessFindings(pair: AccessPair): readonly ChangeFinding[] {
  const { logicalId, type, before, after } = pair;
  const privilege = comparePrivileges(pair);
  const reach = compareReach(type, before, after);
  const isNew = before === undefined;
  const widenedReach = isNew ? reach.widened.filter((rule) => reachesFromOutside(type, rule)) : reach.widened;
  const common = {
    logicalId,
    versionClass: 'compatible',
    verdict: 'no-change',
    evidence: { source: 'rule', certainty: 'certain' },
  } as const;
  const findings: ChangeFinding[] = [];
  if (privilege.widened.length > 0 && (!isNew || givesToOthers(type) || privilege.widened.some(isAdministrator))) {
    const message = `${logicalId} allows more: ${list(privilege.widened)}`;
    findings.push({ ...common, code: 'R-PRIV', message, flags: ['privilege-widening'] });
  }
  if (widenedReach.length > 0) {
    const message = `${logicalId} can be reached by more: ${list(widenedReach)}`;
    findings.push({ ...common, code: 'R-EXPOSE', message, flags: ['exposure-widening'] });
  }
  const narrowed = [...privilege.narrowed, ...reach.narrowed];
  if (narrowed.length > 0 && before !== undefined && after !== undefined) {
    const message = `${logicalId} allows less: ${list(narrowed)}`;
    findings.push({ ...common, code: 'R-NARROW', versionClass: 'breaking', message });
  }
  return findings;
}

const shownMax = 5;

function list(texts: readonly string[]): string {
  const unique = [...new Set(texts)];
  const more = unique.length > shownMax ? `; and ${unique.length - shownMax} more` : '';
  return `${unique.slice(0, shownMax).join('; ')}${more}`;
}

/** A new firewall is no change of reach by itself, unless it lets the whole internet in; a new rule for an old one is. */
function reachesFromOutside(type: string, rule: string): boolean {
  if (type !== 'AWS::EC2::SecurityGroup') return true;
  return /^from (?:0\.0\.0\.0\/0|::\/0)/.test(rule);
}

/** Types that, when added, give rights to something that was there. A new role is a right of whatever is new, too. */
function givesToOthers(type: string): boolean {
  return type !== 'AWS::IAM::Role' && type !== 'AWS::IAM::ManagedPolicy' && type !== 'AWS::KMS::Key';
}

function isAdministrator(told: string): boolean {
  return /^\* on \*|AdministratorAccess/.test(told);
}

interface Privileges {
  readonly widened: readonly string[];
  readonly narrowed: readonly string[];
}

function comparePrivileges({ type, before, after }: AccessPair): Privileges {
  const widened: string[] = [];
  const narrowed: string[] = [];
  const [was, is] = [asPolicies(type, before), asPolicies(type, after)];
  for (const name of new Set([...was.keys(), ...is.keys()])) {
    const access = compareAccess(policyOf(was.get(name)), policyOf(is.get(name)));
    widened.push(...access.widened.map(describeStatement));
    narrowed.push(...access.narrowed.map(describeStatement));
  }
  const managed = compareLists(before?.ManagedPolicyArns, after?.ManagedPolicyArns);
  widened.push(...managed.added);
  narrowed.push(...managed.removed);
  const isUnbound =
    before?.PermissionsBoundary !== undefined &&
    canonical(before.PermissionsBoundary) !== canonical(after?.PermissionsBoundary);
  if (isUnbound && after !== undefined) widened.push('the permissions boundary is removed or another');
  return { widened, narrowed };
}

function policyOf(statements: readonly EvaluatedValue[] | undefined): EvaluatedObject | undefined {
  return statements && { Statement: statements };
}

/** Statements by the top-level property they stand in: inline policies of one role are one policy. */
function asPolicies(
  type: string,
  properties: EvaluatedObject | undefined,
): ReadonlyMap<string, readonly EvaluatedValue[]> {
  if (!properties) return new Map();
  if (type === 'AWS::Lambda::Permission') return new Map([['Permission', [permissionStatement(properties)]]]);
  return new Map(
    Object.entries(properties).flatMap(([name, value]): [string, readonly EvaluatedValue[]][] => {
      const statements = statementsIn(value);
      return statements.length > 0 ? [[name, statements]] : [];
    }),
  );
}

function statementsIn(value: EvaluatedValue): readonly EvaluatedValue[] {
  if (typeof value === 'string' && value.trimStart().startsWith('{')) {
    try {
      return statementsIn(JSON.parse(value) as EvaluatedValue);
    } catch {
      return [];
    }
  }
  if (isPolicyDocument(value)) return isEvaluatedList(value.Statement) ? value.Statement : [value.Statement!];
  if (isEvaluatedList(value)) return value.flatMap(statementsIn);
  if (isEvaluatedObject(value)) return Object.values(value).flatMap(statementsIn);
  return [];
}

function permissionStatement(permission: EvaluatedObject): EvaluatedObject {
  const restrictions = ['SourceArn', 'SourceAccount', 'PrincipalOrgID', 'EventSourceToken', 'FunctionUrlAuthType'];
  const written = restrictions.filter((name) => permission[name] !== undefined);
  const condition = written.length > 0 && {
    Condition: { Is: Object.fromEntries(written.map((name) => [name, permission[name]!])) },
  };
  return {
    Effect: 'Allow',
    Action: permission.Action ?? 'lambda:InvokeFunction',
    Principal: permission.Principal ?? '*',
    Resource: permission.FunctionName ?? '*',
    ...condition,
  };
}

function compareLists(
  before: EvaluatedValue | undefined,
  after: EvaluatedValue | undefined,
): { readonly added: readonly string[]; readonly removed: readonly string[] } {
  const texts = (value: EvaluatedValue | undefined) => (isEvaluatedList(value) ? value.map(textOf) : []);
  const [was, is] = [texts(before), texts(after)];
  return { added: is.filter((each) => !was.includes(each)), removed: was.filter((each) => !is.includes(each)) };
}

function textOf(value: EvaluatedValue): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function describeStatement({ effect, actions, resources, principals, notActions }: PolicyStatement): string {
  const what = actions.length > 0 ? actions.join(', ') : `everything but ${notActions.join(', ')}`;
  const whom = principals.length > 0 ? ` for ${principals.join(', ')}` : '';
  const where = resources.length > 0 ? ` on ${resources.join(', ')}` : '';
  return `${effect === 'Deny' ? 'denied: ' : ''}${what}${where}${whom}`;
}

export function accessSide({ type, properties }: EvaluatedResource): EvaluatedObject {
  return normaliseProperties(type, properties);
}
