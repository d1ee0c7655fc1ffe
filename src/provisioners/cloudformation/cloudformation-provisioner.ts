import { setTimeout as delay } from 'node:timers/promises';
import {
  CancelUpdateStackCommand,
  type Capability,
  type Change,
  type CloudFormationClient,
  ContinueUpdateRollbackCommand,
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  type Output,
  paginateDescribeChangeSet,
  RollbackStackCommand,
  type Stack,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import type { Clock } from '../../clock/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import type {
  ApplyRequest,
  DeleteRequest,
  Observation,
  Placement,
  Preview,
  Provisioner,
  ProvisionerEvent,
  ResourcePreview,
  Start,
  Subject,
} from '../provisioner.ts';
import { CloudClients, type CloudCredentials } from './cloud-clients.ts';
import { isNothingToDo, providerRefusal, saysNothingToDo } from './provider-refusal.ts';
import { readEvents, readLastToken, readResources, readStack } from './read-stack.ts';
import { operationToken, removeStep, stackEnd, stackPhase, startStep } from './stack-status.ts';
import { templateCarriage } from './template-size.ts';

export interface CloudFormationProvisionerOptions {
  readonly clock: Clock;
  /** Absent: the real AWS. Given: any endpoint that speaks CloudFormation and STS, e.g. the simulated cloud. */
  readonly endpoint?: string;
  /** Absent: the SDK's own chain (environment, profile, instance role). */
  readonly credentials?: CloudCredentials;
  /** Puts a template above the inline limit where CloudFormation can fetch it. Absent: such templates are refused. */
  readonly storeTemplate?: (placement: Placement, template: string) => Promise<Result<string>>;
}

export type CloudFormationProvisioner = Provisioner & { close(): void };

/** Proton's own bundles create named roles and use SAM: it always gave all three. */
const capabilities: Capability[] = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'];

/** On every stack that we created: how we know our own. A stack without it is never touched. */
const subjectTag = 'deuteron:stack';

/** How long an operation that was accepted may stay invisible in the events (they are eventually consistent). */
const invisibleMsMax = 5 * 60 * 1000;

const changeSetPollMs = 200;
const changeSetMsMax = 5 * 60 * 1000;

/** Provisions stacks through CloudFormation's API. One stack a subject; every stack status has a way out (stack-status.ts). */
export function createCloudFormationProvisioner(options: CloudFormationProvisionerOptions): CloudFormationProvisioner {
  const clients = new CloudClients(options);
  const invisibleSince = new Map<string, number>();

  /** Runs calls to the service; what it throws becomes a refusal that names the action. */
  async function asking<Value>(
    action: string,
    subject: Subject,
    ask: (client: CloudFormationClient) => Promise<Result<Value>>,
  ): Promise<Result<Value>> {
    try {
      return await ask(clients.cloudFormation(subject.placement));
    } catch (error) {
      return { ok: false, refusal: providerRefusal(error, action, subject.placement) };
    }
  }

  async function templateArguments(
    request: ApplyRequest,
  ): Promise<Result<{ TemplateBody?: string; TemplateURL?: string }>> {
    const carriage = templateCarriage(request.template);
    if (!carriage.ok) return carriage;
    if (carriage.value === 'inline') return accept({ TemplateBody: request.template });
    if (!options.storeTemplate) {
      return refuse({
        kind: 'invalid',
        code: 'template-store-missing',
        message: `The rendered template has ${Buffer.byteLength(request.template)} bytes, too many to send inline, and no template bucket is configured.`,
        remedy: 'An administrator names a bucket with --template-bucket (DEUTERON_TEMPLATE_BUCKET) in the same region.',
      });
    }
    const stored = await options.storeTemplate(request.placement, request.template);
    return stored.ok ? accept({ TemplateURL: stored.value }) : stored;
  }

  async function stackArguments(request: ApplyRequest) {
    const template = await templateArguments(request);
    if (!template.ok) return template;
    const tags = { ...request.tags, [subjectTag]: request.stackName };
    return accept({
      ...template.value,
      StackName: request.stackName,
      Capabilities: capabilities,
      Parameters: Object.entries(request.parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    });
  }

  async function start(request: ApplyRequest): Promise<Result<Start>> {
    const { stackName, token } = request;
    return asking<Start>('UpdateStack', request, async (client) => {
      const stack = await readStack(client, stackName);
      const lastToken = stack?.StackId ? await readLastToken(client, stack.StackId) : undefined;
      const step = startStep(stack?.StackStatus, lastToken, token);
      if (stack && stackPhase(stack.StackStatus) !== 'absent') {
        const foreign = foreignStack(stack, stackName);
        if (foreign) return { ok: false, refusal: foreign };
      }
      switch (step) {
        case 'begun-already':
          return accept({ begun: 'yes' });
        case 'wait':
          return accept({ begun: 'not-yet', message: `The stack ${stackName} is ${stack?.StackStatus}.` });
        case 'stuck':
          return { ok: false, refusal: stuckStack(stack, await failureCauses(client, stack, [lastToken ?? ''])) };
        case 'delete-dead-stack':
          return clearDeadStack(client, stack, token);
        case 'continue-rollback':
          await client.send(
            new ContinueUpdateRollbackCommand({
              StackName: stackName,
              ClientRequestToken: operationToken('recover', token),
            }),
          );
          return accept({
            begun: 'not-yet',
            message: `The failed rollback of the stack ${stackName} is continued first.`,
          });
        case 'roll-back':
          await client.send(
            new RollbackStackCommand({ StackName: stackName, ClientRequestToken: operationToken('recover', token) }),
          );
          return accept({
            begun: 'not-yet',
            message: `The failed update of the stack ${stackName} is rolled back first.`,
          });
        case 'create':
        case 'update':
          return begin(client, request, step);
      }
    });
  }

  async function begin(
    client: CloudFormationClient,
    request: ApplyRequest,
    step: 'create' | 'update',
  ): Promise<Result<Start>> {
    const stackInput = await stackArguments(request);
    if (!stackInput.ok) return stackInput;
    const input = { ...stackInput.value, ClientRequestToken: operationToken('apply', request.token) };
    try {
      if (step === 'create') await client.send(new CreateStackCommand(input));
      else await client.send(new UpdateStackCommand(input));
    } catch (error) {
      if (isNothingToDo(error)) return accept({ begun: 'nothing-to-do' });
      return {
        ok: false,
        refusal: providerRefusal(error, step === 'create' ? 'CreateStack' : 'UpdateStack', request.placement),
      };
    }
    return accept({ begun: 'yes' });
  }

  /** A first create that failed is deleted so that the next one can begin; what it retained stays and is named. */
  async function clearDeadStack(
    client: CloudFormationClient,
    stack: Stack | undefined,
    token: string,
  ): Promise<Result<Start>> {
    const StackName = stack?.StackId ?? stack?.StackName;
    await client.send(new DeleteStackCommand({ StackName, ClientRequestToken: operationToken('clear', token) }));
    return accept({
      begun: 'not-yet',
      message: `The stack ${stack?.StackName} is ${stack?.StackStatus} from an earlier failure and is deleted first.`,
    });
  }

  async function observe(
    subject: Subject,
    token: string,
    operation: 'apply' | 'delete' | 'none',
  ): Promise<Result<Observation>> {
    return asking('DescribeStacks', subject, async (client) => {
      const stack = await readStack(client, subject.stackName);
      const end = stackEnd(stack?.StackStatus);
      if (!end) return accept({ state: 'in-progress', message: `${stack?.StackStatus}` });
      if (operation === 'delete') return accept(await observeDelete(client, stack, token));
      if (end.ended === 'gone') return accept({ state: 'cancelled', stackId: stack?.StackId, undone: 'all' });
      if (operation === 'apply' && !(await isVisible(client, stack, token))) {
        return accept({
          state: 'in-progress',
          message: 'CloudFormation has accepted the operation but does not show it yet.',
        });
      }
      if (end.ended === 'badly' && operation === 'apply') {
        return accept(await observeFailure(client, stack, token, end.undone));
      }
      return accept({
        state: 'succeeded',
        changed: operation === 'apply',
        stackId: stack?.StackId ?? '',
        outputs: outputsOf(stack?.Outputs),
        resources: await readResources(client, stack?.StackId ?? subject.stackName),
      });
    });
  }

  async function observeDelete(
    client: CloudFormationClient,
    stack: Stack | undefined,
    token: string,
  ): Promise<Observation> {
    if (stackPhase(stack?.StackStatus) === 'absent') return { state: 'deleted' };
    if (stack?.StackStatus !== 'DELETE_FAILED') {
      return { state: 'in-progress', message: `Deletion has not begun; the stack is ${stack?.StackStatus}.` };
    }
    const causes = await failureCauses(client, stack, [operationToken('delete', token)]);
    return {
      state: 'failed',
      stackId: stack.StackId,
      undone: 'part',
      causes,
      refusal: {
        kind: 'conflict',
        code: 'stack-delete-failed',
        message: `The stack ${stack.StackName} could not be deleted: ${describeCauses(causes, stack)}`,
        remedy: 'Remove what keeps the named resources (empty a bucket, switch off protection), then delete again.',
      },
    };
  }

  async function observeFailure(
    client: CloudFormationClient,
    stack: Stack | undefined,
    token: string,
    undone: 'all' | 'part' | 'nothing',
  ): Promise<Observation> {
    const tokens = [operationToken('apply', token), operationToken('cancel', token)];
    const lastToken = await readLastToken(client, stack?.StackId ?? '');
    if (lastToken === operationToken('cancel', token)) return { state: 'cancelled', stackId: stack?.StackId, undone };
    const causes = await failureCauses(client, stack, tokens);
    return {
      state: 'failed',
      stackId: stack?.StackId,
      undone,
      causes,
      refusal: {
        kind: 'invalid',
        code: undone === 'part' ? 'stack-rollback-failed' : 'stack-operation-failed',
        message: `The stack ${stack?.StackName} is ${stack?.StackStatus}: ${describeCauses(causes, stack)}`,
        remedy:
          undone === 'part'
            ? 'Its rollback is continued by the next deployment; if that fails too, mend the named resources first.'
            : 'Correct the template or its inputs, or deploy another version; the stack accepts the next deployment.',
      },
    };
  }

  /** Whether the events show our operation; a bounded wait, since they lag behind the answer that accepted it. */
  async function isVisible(client: CloudFormationClient, stack: Stack | undefined, token: string): Promise<boolean> {
    const tokens = [operationToken('apply', token), operationToken('cancel', token)];
    const events = await readEvents(client, stack?.StackId ?? '', tokens);
    if (events.length > 0) {
      invisibleSince.delete(token);
      return true;
    }
    const now = options.clock.now().getTime();
    const since = invisibleSince.get(token) ?? now;
    invisibleSince.set(token, since);
    return now - since > invisibleMsMax;
  }

  async function cancel(subject: Subject, token: string): Promise<Result<void>> {
    return asking('CancelUpdateStack', subject, async (client) => {
      const stack = await readStack(client, subject.stackName);
      const ClientRequestToken = operationToken('cancel', token);
      if (stack?.StackStatus === 'CREATE_IN_PROGRESS') {
        await client.send(new DeleteStackCommand({ StackName: stack.StackId, ClientRequestToken }));
      } else if (stack?.StackStatus === 'UPDATE_IN_PROGRESS') {
        await client.send(new CancelUpdateStackCommand({ StackName: stack.StackId, ClientRequestToken }));
      }
      return accept(undefined);
    });
  }

  async function remove({ token, ...subject }: DeleteRequest): Promise<Result<Start>> {
    return asking<Start>('DeleteStack', subject, async (client) => {
      const stack = await readStack(client, subject.stackName);
      if (stack && stackPhase(stack.StackStatus) !== 'absent') {
        const foreign = foreignStack(stack, subject.stackName);
        if (foreign) return { ok: false, refusal: foreign };
      }
      const lastToken =
        stack?.StackStatus === 'DELETE_FAILED' ? await readLastToken(client, stack.StackId ?? '') : undefined;
      switch (removeStep(stack?.StackStatus, lastToken, token)) {
        case 'gone':
          return accept({ begun: 'nothing-to-do' });
        case 'begun-already':
          return accept({ begun: 'yes' });
        case 'wait':
          return accept({ begun: 'not-yet', message: `The stack ${subject.stackName} is ${stack?.StackStatus}.` });
        case 'delete':
          await client.send(
            new DeleteStackCommand({ StackName: stack?.StackId, ClientRequestToken: operationToken('delete', token) }),
          );
          return accept({ begun: 'yes' });
      }
    });
  }

  /** A change set made, read and deleted. A stack that does not exist yet needs none: everything is new. */
  async function preview(request: ApplyRequest): Promise<Result<Preview>> {
    return asking('CreateChangeSet', request, async (client) => {
      const stack = await readStack(client, request.stackName);
      const phase = stackPhase(stack?.StackStatus);
      if (!stack || phase === 'absent' || phase === 'never-lived' || phase === 'delete-stuck') {
        return accept({ kind: 'create', resources: [] });
      }
      const foreign = foreignStack(stack, request.stackName);
      if (foreign) return { ok: false, refusal: foreign };
      if (phase !== 'settled')
        return accept({ kind: 'unknown', reason: `The stack is ${stack.StackStatus}.`, resources: [] });
      return previewUpdate(client, request);
    });
  }

  async function previewUpdate(client: CloudFormationClient, request: ApplyRequest): Promise<Result<Preview>> {
    const stackInput = await stackArguments(request);
    if (!stackInput.ok) return stackInput;
    const ChangeSetName = `deuteron-${request.token}`;
    const subject = { StackName: request.stackName, ChangeSetName };
    await client.send(new DeleteChangeSetCommand(subject)).catch(() => undefined); // left by a process that died
    await client.send(new CreateChangeSetCommand({ ...stackInput.value, ChangeSetName, ChangeSetType: 'UPDATE' }));
    try {
      return await readChangeSet(client, request, subject);
    } finally {
      await client.send(new DeleteChangeSetCommand(subject)).catch(() => undefined);
    }
  }

  async function readChangeSet(
    client: CloudFormationClient,
    request: ApplyRequest,
    subject: { StackName: string; ChangeSetName: string },
  ): Promise<Result<Preview>> {
    const deadline = options.clock.now().getTime() + changeSetMsMax;
    while (options.clock.now().getTime() < deadline) {
      const changes: Change[] = [];
      let status: string | undefined;
      let reason: string | undefined;
      for await (const page of paginateDescribeChangeSet({ client }, subject)) {
        status = page.Status;
        reason = page.StatusReason;
        changes.push(...(page.Changes ?? []));
      }
      if (status === 'CREATE_COMPLETE') return accept({ kind: 'update', resources: changes.map(resourcePreview) });
      if (status === 'FAILED' && saysNothingToDo(reason)) return accept({ kind: 'no-change', resources: [] });
      if (status === 'FAILED') {
        return refuse({
          kind: 'invalid',
          code: 'change-set-failed',
          message: `CloudFormation cannot plan the update of ${request.stackName}: ${reason}`,
          remedy: 'Correct the template or its inputs as the message says.',
        });
      }
      await delay(changeSetPollMs);
    }
    return refuse({
      kind: 'unavailable',
      code: 'change-set-late',
      message: `CloudFormation has not finished the change set of ${request.stackName} in ${changeSetMsMax / 60_000} minutes.`,
      remedy: 'It is tried again by itself.',
    });
  }

  async function events(subject: Subject, token: string): Promise<Result<readonly ProvisionerEvent[]>> {
    return asking('DescribeStackEvents', subject, async (client) => {
      const stack = await readStack(client, subject.stackName);
      if (!stack?.StackId) return accept([]);
      const tokens = (['apply', 'delete', 'cancel'] as const).map((purpose) => operationToken(purpose, token));
      return accept(await readEvents(client, stack.StackId, tokens));
    });
  }

  return { method: 'cloudformation', preview, start, observe, cancel, remove, events, close: () => clients.close() };
}

interface Cause {
  readonly logicalId: string;
  readonly type: string;
  readonly reason: string;
}

/**
 * The resources that failed by themselves, in the order in which they failed; not those stopped because of them. Where
 * none did (an import of an export that does not exist), the stack itself, with the reason of its rollback.
 */
async function failureCauses(
  client: CloudFormationClient,
  stack: Stack | undefined,
  tokens: readonly string[],
): Promise<Cause[]> {
  if (!stack?.StackId) return [];
  const events = await readEvents(client, stack.StackId, tokens);
  const failed = events
    .filter((event) => event.status.endsWith('_FAILED') && event.logicalId !== stack.StackName)
    .filter((event) => !/^Resource (creation|update) cancelled/i.test(event.reason ?? ''));
  const rolledBack = events.find(({ status, reason }) => /_FAILED$|ROLLBACK_IN_PROGRESS$/.test(status) && reason);
  return (failed.length > 0 ? failed : rolledBack ? [rolledBack] : []).map(({ logicalId, type, reason }) => ({
    logicalId,
    type,
    reason: reason ?? 'no reason given',
  }));
}

function describeCauses(causes: readonly Cause[], stack: Stack | undefined): string {
  if (causes.length === 0) return stack?.StackStatusReason ?? 'CloudFormation gives no reason.';
  return causes.map(({ logicalId, type, reason }) => `${logicalId} (${type}): ${reason}`).join('; ');
}

function outputsOf(outputs: readonly Output[] | undefined): Record<string, string> {
  return Object.fromEntries((outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']));
}

function foreignStack(stack: Stack, stackName: string): Refusal<'stack-not-ours'> | undefined {
  if (stack.Tags?.some(({ Key, Value }) => Key === subjectTag && Value === stackName)) return undefined;
  return {
    kind: 'conflict',
    code: 'stack-not-ours',
    message: `A stack named ${stackName} exists (${stack.StackId}) that was not made by this installation.`,
    remedy: 'It is not touched. Its owner may delete or rename it; then deploy again.',
  };
}

function stuckStack(stack: Stack | undefined, causes: readonly Cause[]): Refusal<'stack-stuck'> {
  return {
    kind: 'conflict',
    code: 'stack-stuck',
    message: `The stack ${stack?.StackName} is ${stack?.StackStatus} and could not be brought out of it: ${describeCauses(causes, stack)}`,
    remedy: 'Mend the named resources in the account (its owner can), then deploy again.',
  };
}

const previewActions = {
  Add: 'add',
  Modify: 'modify',
  Remove: 'remove',
  Import: 'import',
  Dynamic: 'dynamic',
} as const;

function resourcePreview({ ResourceChange: change }: Change): ResourcePreview {
  return {
    logicalId: change?.LogicalResourceId ?? '',
    type: change?.ResourceType ?? '',
    physicalId: change?.PhysicalResourceId,
    action: previewActions[(change?.Action ?? 'Dynamic') as keyof typeof previewActions] ?? 'dynamic',
    replacement: change?.Replacement === 'True' ? 'yes' : change?.Replacement === 'Conditional' ? 'maybe' : 'no',
    properties: [...new Set((change?.Details ?? []).flatMap(({ Target }) => (Target?.Name ? [Target.Name] : [])))],
  };
}
