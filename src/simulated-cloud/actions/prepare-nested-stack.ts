import type { Prepared, PrepareNested } from '../engine/nested-stacks.ts';
import type { StackIdentity, Understood } from '../engine/stack-goal.ts';
import type { Json } from '../state/json.ts';
import type { Stack, Tag, Task } from '../state/stack.ts';
import type { CloudTools } from './action.ts';
import { newStackIdentity, stackLimitProblem } from './create-stack.ts';
import { understandDefinition } from './stack-definition.ts';
import type { StackInput } from './stack-input.ts';

export function prepareNested(tools: CloudTools): PrepareNested {
  return async (parent, task) => {
    try {
      return await prepared(tools, parent, task);
    } catch (error) {
      tools.log.error({ error: String(error), stackId: parent.id }, 'A nested stack could not be prepared');
      return { ok: false, reason: 'Internal Failure' };
    }
  };
}

async function prepared(tools: CloudTools, parent: Stack, { nested, result }: Task): Promise<Prepared> {
  if (nested?.work === 'create') {
    const reviewed = await reviewedStack(tools, parent, result.logicalId);
    if (reviewed) {
      const understood = await definitionOf(tools, parent, reviewed, result.properties);
      return 'reason' in understood ? understood : { ok: true, identity: reviewed, child: reviewed, understood };
    }
    const account = await tools.state.account(parent.accountId);
    const tooMany = stackLimitProblem(tools, account, parent.region);
    if (tooMany) return { ok: false, reason: tooMany.error.message };
    const identity = newStackIdentity(tools, parent, account, nested.name ?? result.logicalId);
    const understood = await definitionOf(tools, parent, identity, result.properties);
    return 'reason' in understood ? understood : { ok: true, identity, understood };
  }
  const child = await tools.state.stack(result.physicalId ?? '');
  if (nested?.work !== 'update' || !child) return { ok: true, child };
  const understood = await definitionOf(tools, parent, child, result.properties);
  return 'reason' in understood ? understood : { ok: true, child, understood };
}

/** The stack that the executed change set has prepared for a nested stack to come. */
async function reviewedStack({ state }: CloudTools, { reviewed }: Stack, logicalId: string) {
  const stack = reviewed?.[logicalId] === undefined ? undefined : await state.stack(reviewed[logicalId]);
  return stack?.status === 'REVIEW_IN_PROGRESS' ? stack : undefined;
}

async function definitionOf(
  tools: CloudTools,
  parent: Stack,
  identity: StackIdentity,
  properties: Task['result']['properties'],
): Promise<Understood | { ok: false; reason: string }> {
  const answer = await understandDefinition(tools, identity, nestedInput(parent, identity.name, properties));
  return answer.ok ? answer.value : { ok: false, reason: answer.error.message };
}

/** Capabilities, role and tags come from the parent. Source: template reference, AWS::CloudFormation::Stack. */
export function nestedInput(
  { definition }: Pick<Stack, 'definition'>,
  stackName: string,
  properties: Task['result']['properties'],
): StackInput {
  const { TemplateURL: templateUrl, Parameters: parameters, Tags: tags, NotificationARNs: arns } = properties;
  const own = items(tags).flatMap((tag): Tag[] => {
    const { Key: key, Value: value } = members(tag);
    return key === undefined ? [] : [{ key: String(key), value: String(value ?? '') }];
  });
  const inherited = definition.tags.filter(({ key }) => !own.some((tag) => tag.key === key));
  return {
    stackName,
    templateUrl: textOf(templateUrl ?? ''),
    usePreviousTemplate: false,
    parameters: Object.entries(members(parameters)).map(([key, value]) => ({
      key,
      value: Array.isArray(value) ? value.map(textOf).join(',') : textOf(value),
      usePreviousValue: false,
    })),
    tags: [...own, ...inherited],
    capabilities: definition.capabilities,
    notificationArns: arns === undefined ? definition.notificationArns : items(arns).map(String),
    roleArn: definition.roleArn,
  };
}

/** What is not known before the parent changes is written so. Source: aws-amplify/amplify-cli#14764. */
function textOf(value: Json): string {
  const [intrinsic] = Object.keys(members(value));
  return intrinsic === undefined ? String(value) : `{{IntrinsicFunction://${intrinsic}}}`;
}

function items(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function members(value: Json | undefined): { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { readonly [key: string]: Json })
    : {};
}
