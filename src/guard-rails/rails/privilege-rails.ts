import { isPolicyDocument, matchesWildcard, type PolicyStatement, policyStatements } from '../../changes/index.ts';
import { type EvaluatedValue, isEvaluatedList, isEvaluatedObject, isUnknown } from '../../cloudformation/index.ts';
import type { CheckedResource, CheckedStack, Problem, TemplateRail } from '../guard-rail.ts';
import { textsOf } from '../parameter-rule.ts';
import { asList } from '../property-reading.ts';

interface Policy {
  readonly property: string;
  readonly statements: readonly PolicyStatement[];
}

/** Every policy in a resource, those written as JSON text too. */
function policiesOf({ properties }: CheckedResource): readonly Policy[] {
  return [...policiesIn(properties, '')];
}

function* policiesIn(value: EvaluatedValue, at: string): Generator<Policy> {
  if (typeof value === 'string' && /^\s*\{/.test(value)) {
    const parsed = parseJson(value);
    if (parsed !== undefined) yield* policiesIn(parsed, at);
  } else if (isPolicyDocument(value)) yield { property: at, statements: policyStatements(value) };
  else if (isEvaluatedList(value))
    for (const [index, item] of value.entries()) yield* policiesIn(item, `${at}/${index}`);
  else if (isEvaluatedObject(value))
    for (const [name, member] of Object.entries(value)) yield* policiesIn(member, at === '' ? name : `${at}/${name}`);
}

function parseJson(text: string): EvaluatedValue | undefined {
  try {
    return JSON.parse(text, (_, value) => value ?? '') as EvaluatedValue;
  } catch {
    return undefined;
  }
}

const covers = (patterns: readonly string[], item: string) => patterns.some((each) => matchesWildcard(each, item));
const isAllow = ({ effect }: PolicyStatement) => effect !== 'Deny';

/** Rights of identities have no principal; those of resources name theirs. */
const isOfIdentity = ({ principals, notPrincipals }: PolicyStatement) =>
  principals.length === 0 && notPrincipals.length === 0;

function eachStatement(
  { resources }: CheckedStack,
  problem: (statement: PolicyStatement, resource: CheckedResource) => Omit<Problem, 'logicalId' | 'type'> | undefined,
): readonly Problem[] {
  return resources.flatMap((resource) =>
    policiesOf(resource).flatMap(({ property, statements }) =>
      statements.filter(isAllow).flatMap((statement): Problem[] => {
        const found = problem(statement, resource);
        return found ? [{ logicalId: resource.logicalId, type: resource.type, property, ...found }] : [];
      }),
    ),
  );
}

function isEverything({ actions, notActions, resources, notResources }: PolicyStatement): boolean {
  const allActions = covers(actions, '*') || notActions.length > 0;
  return allActions && (covers(resources, '*') || notResources.length > 0);
}

function administratorPolicies({ resources }: CheckedStack): readonly Problem[] {
  return resources.flatMap(({ logicalId, type, properties }) =>
    ['ManagedPolicyArns', 'ManagedPolicies', 'PermissionSet'].flatMap((property) =>
      asList(properties[property]).flatMap((arn): Problem[] => {
        if (isUnknown(arn) && arn.reads.length === 0) {
          const message = 'Which managed policies it has is not known before it is deployed.';
          return [{ logicalId, type, property, message, isUnknown: true }];
        }
        const name =
          typeof arn === 'string' ? /:policy\/(AdministratorAccess|IAMFullAccess|PowerUserAccess)$/.exec(arn) : null;
        return name ? [{ logicalId, type, property, message: `It has the managed policy ${name[1]}.` }] : [];
      }),
    ),
  );
}

function unknownStatements(stack: CheckedStack): readonly Problem[] {
  return stack.resources
    .filter(({ type }) => /^AWS::IAM::(?:Role|Policy|ManagedPolicy|User|Group)/.test(type))
    .flatMap(({ logicalId, type, properties }) =>
      ['PolicyDocument', 'Policies', 'AssumeRolePolicyDocument'].flatMap((property): Problem[] => {
        if (!isUnknown(properties[property])) return [];
        const message = 'What it allows is not known before it is deployed.';
        return [{ logicalId, type, property, message, isUnknown: true }];
      }),
    );
}

/** Policies whose principals are let in to the resource itself. */
const isOpenToAll = ({ principals, notPrincipals, condition }: PolicyStatement) =>
  condition === '' && (principals.some((each) => each === '*' || each === 'AWS:*') || notPrincipals.length > 0);

function openPermissions({ resources }: CheckedStack): readonly Problem[] {
  return resources
    .filter(({ type }) => type === 'AWS::Lambda::Permission')
    .flatMap(({ logicalId, type, properties }): Problem[] => {
      const isNarrowed = ['SourceArn', 'SourceAccount', 'PrincipalOrgID', 'FunctionUrlAuthType'].some(
        (name) => properties[name] !== undefined,
      );
      if (isNarrowed || properties.Principal !== '*') return [];
      return [{ logicalId, type, property: 'Principal', message: 'Everybody may invoke the function.' }];
    });
}

function accountOf(principal: string): string | undefined {
  return /^AWS:(?:arn:[^:]+:(?:iam|sts)::)?(\d{12})(?::|$)/.exec(principal)?.[1];
}

function foreignTrust(stack: CheckedStack, accounts: readonly string[]): readonly Problem[] {
  return eachStatement(stack, ({ principals }) => {
    const foreign = principals.flatMap((each) => accountOf(each) ?? []);
    const strangers = [...new Set(foreign)].filter((id) => id !== stack.accountId && !accounts.includes(id));
    return strangers.length > 0 ? { message: `It trusts the account ${strangers.join(', ')}.` } : undefined;
  });
}

export const privilegeRails: readonly TemplateRail[] = [
  {
    id: 'no-administrator',
    looksAt: 'template',
    about:
      'No policy allows every action on every resource, and nobody gets AdministratorAccess, PowerUserAccess or IAMFullAccess.',
    remedy: 'Name the actions that are needed, and the resources they are needed on.',
    parameters: {},
    warnsByDefault: true,
    check: (stack) => [
      ...eachStatement(stack, (statement) =>
        isOfIdentity(statement) && isEverything(statement)
          ? {
              message:
                statement.notActions.length > 0
                  ? 'It allows everything but a few actions, on everything.'
                  : 'It allows every action on every resource.',
            }
          : undefined,
      ),
      ...administratorPolicies(stack),
      ...unknownStatements(stack),
    ],
  },
  {
    id: 'no-pass-any-role',
    looksAt: 'template',
    about: 'iam:PassRole is allowed for named roles only: whoever may pass any role has the rights of them all.',
    remedy: 'Name the roles as Resource, or say iam:PassedToService in a Condition.',
    parameters: {},
    warnsByDefault: true,
    check: (stack) =>
      eachStatement(stack, (statement) =>
        isOfIdentity(statement) &&
        covers(statement.actions, 'iam:passrole') &&
        covers(statement.resources, '*') &&
        !/iam:passedtoservice/i.test(statement.condition) &&
        !isEverything(statement)
          ? { message: 'It allows to pass any role.' }
          : undefined,
      ),
  },
  {
    id: 'no-wildcard-principal',
    looksAt: 'template',
    about: 'No policy of a resource or trust of a role lets everybody in without a condition.',
    remedy: 'Name who may come in, or narrow it by a Condition.',
    parameters: {},
    warnsByDefault: true,
    check: (stack) => [
      ...eachStatement(stack, (statement) =>
        isOpenToAll(statement) ? { message: 'It lets everybody in, without a condition.' } : undefined,
      ),
      ...openPermissions(stack),
    ],
  },
  {
    id: 'no-foreign-trust',
    looksAt: 'template',
    about: 'Roles and resources trust no other account than their own and those that are named.',
    remedy: 'Trust the own account, or have the other one added to the parameter accounts.',
    parameters: { accounts: { kind: 'texts', about: 'twelve digits each: that may be trusted', usual: [] } },
    warnsByDefault: true,
    check: (stack, parameters) => foreignTrust(stack, textsOf(parameters, 'accounts')),
  },
];
