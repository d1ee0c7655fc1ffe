import managedPolicies from '../data/managed-policies.json' with { type: 'json' };
import policyTemplates from '../data/sam-policy-templates.json' with { type: 'json' };
import { isTemplateList, isTemplateObject, type TemplateObject, type TemplateValue } from '../template-value.ts';
import { isIntrinsic, tagList } from './expressions.ts';
import type { ServerlessResource } from './serverless-document.ts';

/** What a generated role is made of, beside what the author's `Policies` say. */
export interface RolePlan {
  readonly servicePrincipal: string;
  /** Names of AWS managed policies that are always attached, before and after the author's. */
  readonly managedBefore: readonly string[];
  readonly managedAfter: readonly string[];
  readonly inlineBefore: readonly InlinePolicy[];
  /** Tag that says who made it, e.g. `lambda:createdBy`. */
  readonly createdBy: string;
}

export interface InlinePolicy {
  readonly PolicyName: string;
  readonly PolicyDocument: TemplateValue;
}

/**
 * Adds the role `<logical id>Role` and returns the ARN expression; the author's own `Role` if there is one.
 * Reads `Role`, `Policies`, `RolePath`, `PermissionsBoundary`, `AssumeRolePolicyDocument`, not `Tags`.
 */
export function executionRole(
  resource: ServerlessResource,
  plan: RolePlan,
  tags: TemplateObject | undefined,
): TemplateValue {
  const own = resource.take('Role');
  const policies = readPolicies(resource);
  const path = resource.take('RolePath');
  const boundary = resource.take('PermissionsBoundary');
  const trust = resource.kind === 'Function' ? resource.take('AssumeRolePolicyDocument') : undefined;
  if (own !== undefined) return own;
  const arns = [
    ...plan.managedBefore.map((name) => managedPolicyArn(resource, name)),
    ...policies.flatMap(({ arn }) => (arn === undefined ? [] : [arn])),
    ...plan.managedAfter.map((name) => managedPolicyArn(resource, name)),
  ];
  const inline = [...plan.inlineBefore, ...policies.flatMap(({ inline }) => (inline ? [inline] : []))];
  const logicalId = `${resource.logicalId}Role`;
  resource.add(logicalId, {
    Type: 'AWS::IAM::Role',
    ...resource.shared,
    Properties: {
      AssumeRolePolicyDocument: trust ?? trustPolicy(plan.servicePrincipal),
      ManagedPolicyArns: uniqueValues(arns),
      Policies: inline.length > 0 ? inline.map((policy) => ({ ...policy })) : undefined,
      Path: path,
      PermissionsBoundary: boundary,
      Tags: tagList(tags, { [plan.createdBy]: 'SAM' }),
    },
  });
  return { 'Fn::GetAtt': [logicalId, 'Arn'] };
}

export function trustPolicy(service: string): TemplateObject {
  return {
    Version: '2012-10-17',
    Statement: [{ Action: ['sts:AssumeRole'], Effect: 'Allow', Principal: { Service: [service] } }],
  };
}

function uniqueValues(values: readonly TemplateValue[]): readonly TemplateValue[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

/** One entry of `Policies`: an ARN to attach, or a document to write into the role. */
interface Policy {
  readonly arn?: TemplateValue;
  readonly inline?: InlinePolicy;
}

/**
 * `Policies` may be one or a list of: a managed policy (name or ARN), a policy template with its parameters, a policy
 * document. Inline policies are numbered by their place in the list.
 */
function readPolicies(resource: ServerlessResource): readonly Policy[] {
  const written = resource.take('Policies');
  if (written === undefined) return [];
  const list = isTemplateList(written) ? written : [written];
  return list.flatMap((entry, index) => readPolicy(resource, entry, `${resource.logicalId}RolePolicy${index}`));
}

function readPolicy(resource: ServerlessResource, entry: TemplateValue, name: string): readonly Policy[] {
  if (typeof entry === 'string') return [{ arn: managedPolicyArn(resource, entry) }];
  if (!isTemplateObject(entry)) {
    resource.refuse("Property 'Policies' should be a list of policy names, policy templates or policy documents.");
    return [];
  }
  if (isIntrinsic(entry)) return readConditionalPolicy(resource, entry, name);
  if (entry.Statement !== undefined) return [{ inline: { PolicyName: name, PolicyDocument: entry } }];
  const [template = ''] = Object.keys(entry);
  const statement = policyTemplateStatement(resource, template, entry[template]);
  return statement ? [{ inline: { PolicyName: name, PolicyDocument: { Statement: statement } } }] : [];
}

/** `Fn::If` between managed policies stays as it is; between documents it cannot be told apart here. */
function readConditionalPolicy(resource: ServerlessResource, entry: TemplateObject, name: string): readonly Policy[] {
  const branches = entry['Fn::If'];
  if (!isTemplateList(branches)) return [{ arn: entry }];
  const [condition = '', ...options] = branches;
  const documents = options.some((option) => isTemplateObject(option) && !isIntrinsic(option));
  const converted = options.map((option) => {
    const [policy] = isNoValue(option) ? [{ arn: option }] : readPolicy(resource, option, name);
    return policy?.inline ? { ...policy.inline } : (policy?.arn ?? option);
  });
  const choice = { 'Fn::If': [condition, ...converted] };
  // A choice between documents is a choice between inline policies: its name lies inside the branches.
  return documents ? [{ inline: choice as unknown as InlinePolicy }] : [{ arn: choice }];
}

function isNoValue(value: TemplateValue): boolean {
  return isTemplateObject(value) && value.Ref === 'AWS::NoValue';
}

interface PolicyTemplate {
  readonly parameters: readonly string[];
  readonly statement: TemplateValue;
}

function policyTemplateStatement(
  resource: ServerlessResource,
  name: string,
  given: TemplateValue | undefined,
): TemplateValue | undefined {
  const templates = policyTemplates as Readonly<Record<string, PolicyTemplate>>;
  const template = Object.hasOwn(templates, name) ? templates[name] : undefined;
  if (!template) {
    resource.refuse(
      `Policy at index of 'Policies' is not a policy template, a managed policy or a policy document: ${name}.`,
    );
    return undefined;
  }
  const values = isTemplateObject(given) ? given : {};
  const missing = template.parameters.filter((parameter) => values[parameter] === undefined);
  if (missing.length > 0) {
    const listed = missing.map((parameter) => `'${parameter}'`).join(', ');
    resource.refuse(`Following required parameters of template '${name}' don't have values: [${listed}]`);
    return undefined;
  }
  return fillIn(template.statement, values);
}

/** Puts the given values where the template refers to its parameters. */
function fillIn(value: TemplateValue, given: TemplateObject): TemplateValue {
  if (isTemplateList(value)) return value.map((item) => fillIn(item, given));
  if (!isTemplateObject(value)) return value;
  if (typeof value.Ref === 'string' && given[value.Ref] !== undefined) return given[value.Ref]!;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, fillIn(member, given)]));
}

const managedPolicyPaths = new Map(
  Object.entries(managedPolicies).flatMap(([path, names]) => names.map((name) => [name, path] as const)),
);

/** A name that is not an AWS managed policy stays what it is: the service takes it for an ARN. */
function managedPolicyArn(resource: ServerlessResource, name: string): string {
  const path = managedPolicyPaths.get(name);
  if (path === undefined) return name;
  return `arn:${resource.document.partition}:iam::aws:policy/${path === '' ? '' : `${path}/`}${name}`;
}
