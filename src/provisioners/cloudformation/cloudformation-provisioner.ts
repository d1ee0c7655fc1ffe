import {
  CancelUpdateStackCommand,
  type Capability,
  type CloudFormationClient,
  ContinueUpdateRollbackCommand,
  CreateStackCommand,
  DeleteStackCommand,
  RollbackStackCommand,
  type Stack,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import type { Clock } from '../../clock/index.ts';
import { accept, type Result, refuse } from '../../errors/index.ts';
import type {
  ApplyRequest,
  DeleteRequest,
  Observation,
  Placement,
  Preview,
  ProvisionedResource,
  Provisioner,
  ProvisionerEvent,
  Start,
  Subject,
} from '../provisioner.ts';
import { BegunOperations, type StackMark, stackMark } from './begun-operations.ts';
import type { CallPatience } from './call-retries.ts';
import { previewUpdate } from './change-set-preview.ts';
import { CloudClients, type CloudCredentials, failedAction } from './cloud-clients.ts';
import { type Observed, observeStack } from './observe-stack.ts';
import { foreignStack, isOwnStack, ownStackTag } from './own-stack.ts';
import type { PacedCalls } from './paced-calls.ts';
import { isAccessDenied, isInvalidCall, isNothingToDo, isSessionOver, providerRefusal } from './provider-refusal.ts';
import { complianceNotAvailable, readCompliance } from './read-compliance.ts';
import {
  dataIn,
  readEvents,
  readLastEvents,
  readNewestEvent,
  readResources,
  readRunningOperation,
  readStack,
} from './read-stack.ts';
import { failedImport, failureCauses, refusedDeletion, stackWithData, stuckStack } from './stack-failure.ts';
import { absentStart, stackFate } from './stack-fate.ts';
import { operationToken, removeStep, stackPhase, startStep } from './stack-status.ts';
import { templateCarriage } from './template-size.ts';

export interface CloudFormationProvisionerOptions {
  readonly clock: Clock;
  /** Absent: the real AWS. Given: any endpoint that speaks CloudFormation and STS, e.g. the simulated cloud. */
  readonly endpoint?: string;
  /** Any AWS Config. Absent: that of AWS, or none where `endpoint` is another one. */
  readonly configEndpoint?: string;
  /** Absent: the SDK's own chain (environment, profile, instance role). */
  readonly credentials?: CloudCredentials;
  /** Puts a template above the inline limit where CloudFormation can fetch it. Absent: such templates are refused. */
  readonly storeTemplate?: (placement: Placement, template: string) => Promise<Result<string>>;
  /** Keeps all processes' calls within a budget. Absent: calls are made as they come. */
  readonly calls?: PacedCalls;
  readonly patience?: CallPatience;
}

export type CloudFormationProvisioner = Provisioner & { close(): void };

/** Proton's own bundles create named roles and use SAM: it always gave all three. */
const capabilities: Capability[] = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'];

/** Provisions stacks through CloudFormation's API. One stack a subject; every stack status has a way out (stack-status.ts). */
export function createCloudFormationProvisioner(options: CloudFormationProvisionerOptions): CloudFormationProvisioner {
  const clients = new CloudClients(options);
  const begun = new BegunOperations(options.clock);
  /** Whether the service was seen to keep client request tokens with events: then what has none is not ours. */
  let tokensAreKept = false;

  /**
   * Runs calls to the service, all of which may be repeated; what it throws becomes a refusal that names the action. A
   * session that is over is renewed once: what was allowed to the role goes on.
   */
  async function asking<Value>(
    placement: Placement,
    ask: (client: CloudFormationClient) => Promise<Result<Value>>,
    isRenewed = false,
  ): Promise<Result<Value>> {
    try {
      return await ask(clients.cloudFormation(placement));
    } catch (error) {
      if (isAccessDenied(error)) clients.renewSession(placement);
      if (isSessionOver(error) && placement.roleArn && !isRenewed) return asking(placement, ask, true);
      return { ok: false, refusal: providerRefusal(error, failedAction(error) ?? 'a call', placement) };
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
    const tags = { ...request.tags, [ownStackTag]: request.stackName };
    return accept({
      ...template.value,
      StackName: request.stackName,
      Capabilities: capabilities,
      Parameters: Object.entries(request.parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
      // always in one order: not every provider reads them as a set
      Tags: Object.entries(tags)
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([Key, Value]) => ({ Key, Value })),
    });
  }

  async function start(request: ApplyRequest): Promise<Result<Start>> {
    const { stackName, token } = request;
    return asking<Start>(request.placement, async (client) => {
      const found = await readStack(client, stackName);
      const stack = found && stackPhase(found.StackStatus) !== 'absent' ? found : undefined;
      if (stack && !isOwnStack(stack, stackName)) return { ok: false, refusal: foreignStack(stack, stackName) };
      const newest = found?.StackId ? await readNewestEvent(client, found.StackId) : undefined;
      const now = stackMark(found, newest?.EventId);
      const last = newest?.ClientRequestToken ?? begun.lastWithoutTokens(token, now);
      const step = startStep(stack?.StackStatus, last, token);
      if (step === 'begun-already') return accept({ begun: 'yes', stackId: found?.StackId ?? begun.stackIdOf(token) });
      if (!stack) return begin(client, request, 'create', now);
      switch (step) {
        case 'wait':
          return accept({ begun: 'not-yet', message: `The stack ${stackName} is ${stack.StackStatus}.` });
        case 'import-stuck':
          return { ok: false, refusal: failedImport(stack, await failureCauses(client, stack, [last ?? ''])) };
        case 'stuck':
          return { ok: false, refusal: stuckStack(stack, await failureCauses(client, stack, [last ?? ''])) };
        case 'delete-dead-stack':
          return clearDeadStack(client, stack, token, now);
        case 'continue-rollback':
          await client.send(
            new ContinueUpdateRollbackCommand({
              StackName: stackName,
              ClientRequestToken: operationToken('recover', token),
              ResourcesToSkip: request.rollbackSkips?.length ? [...request.rollbackSkips] : undefined,
            }),
          );
          begun.accepted(operationToken('recover', token), now);
          return accept({
            begun: 'not-yet',
            message: `The failed rollback of the stack ${stackName} is continued first.`,
          });
        case 'roll-back':
          await client.send(
            new RollbackStackCommand({ StackName: stackName, ClientRequestToken: operationToken('recover', token) }),
          );
          begun.accepted(operationToken('recover', token), now);
          return accept({
            begun: 'not-yet',
            message: `The failed update of the stack ${stackName} is rolled back first.`,
          });
        case 'create':
        case 'update':
          return begin(client, request, step, now);
      }
    });
  }

  async function begin(
    client: CloudFormationClient,
    request: ApplyRequest,
    step: 'create' | 'update',
    before: StackMark,
  ): Promise<Result<Start>> {
    const stackInput = await stackArguments(request);
    if (!stackInput.ok) return stackInput;
    const input = { ...stackInput.value, ClientRequestToken: operationToken('apply', request.token) };
    let stackId: string | undefined;
    try {
      const { StackId } = await client.send(
        step === 'create' ? new CreateStackCommand(input) : new UpdateStackCommand(input),
      );
      stackId = StackId;
      begun.worksOn(request.token, StackId);
    } catch (error) {
      if (isNothingToDo(error)) return accept({ begun: 'nothing-to-do' });
      throw error;
    }
    begun.accepted(operationToken('apply', request.token), before);
    return accept({ begun: 'yes', stackId });
  }

  /** A first create that failed is deleted so that the next one can begin: but nobody has asked for the end of data. */
  async function clearDeadStack(
    client: CloudFormationClient,
    stack: Stack,
    token: string,
    before: StackMark,
  ): Promise<Result<Start>> {
    const data = dataIn(await readResources(client, stack.StackId ?? ''));
    if (data.length > 0) return { ok: false, refusal: stackWithData(stack, data) };
    const ClientRequestToken = operationToken('clear', token);
    await client.send(new DeleteStackCommand({ StackName: stack.StackId, ClientRequestToken }));
    begun.accepted(ClientRequestToken, before);
    return accept({
      begun: 'not-yet',
      message: `The stack ${stack.StackName} is ${stack.StackStatus} from an earlier failure and is deleted first.`,
    });
  }

  async function observe(subject: Subject, token: string, operation: Observed): Promise<Result<Observation>> {
    return asking(subject.placement, async (client) =>
      accept(await observeStack(client, subject, token, operation, begun)),
    );
  }

  /** Whether what runs on the stack was begun for this deployment: what somebody else began is not ours to stop. */
  async function isOurs(client: CloudFormationClient, stack: Stack, token: string): Promise<boolean> {
    const running = await readRunningOperation(client, stack);
    tokensAreKept ||= running.keepsTokens;
    const ours = [operationToken('apply', token), operationToken('cancel', token)];
    if (running.token !== undefined) return ours.includes(running.token);
    return !tokensAreKept && begun.isAccepted(operationToken('apply', token));
  }

  async function cancel(subject: Subject, token: string): Promise<Result<void>> {
    return asking(subject.placement, async (client) => {
      const stack = await readStack(client, subject.stackName);
      const status = stack?.StackStatus;
      if (!stack?.StackId || (status !== 'CREATE_IN_PROGRESS' && status !== 'UPDATE_IN_PROGRESS')) {
        return accept(undefined);
      }
      const ClientRequestToken = operationToken('cancel', token);
      if (!(await isOurs(client, stack, token))) return accept(undefined);
      const input = { StackName: stack.StackId, ClientRequestToken };
      if (status === 'CREATE_IN_PROGRESS') await client.send(new DeleteStackCommand(input));
      else await client.send(new CancelUpdateStackCommand(input));
      return accept(undefined);
    });
  }

  async function remove({ token, ...subject }: DeleteRequest): Promise<Result<Start>> {
    return asking<Start>(subject.placement, async (client) => {
      const { stackName, stackId } = subject;
      const stack = await readStack(client, stackName);
      if (!stack || !isOwnStack(stack, stackName)) {
        const fate = await stackFate(client, stackId);
        if (stack && fate !== 'deleted') return { ok: false, refusal: foreignStack(stack, stackName) };
        return accept(absentStart(fate, stackId));
      }
      const newest = await readNewestEvent(client, stack.StackId ?? stackName);
      switch (removeStep(stack.StackStatus, newest?.ClientRequestToken, token)) {
        case 'gone':
          return accept({ begun: 'nothing-to-do' });
        case 'begun-already':
          return accept({ begun: 'yes' });
        case 'wait':
          return accept({ begun: 'not-yet', message: `The stack ${stackName} is ${stack.StackStatus}.` });
        case 'delete': {
          const ClientRequestToken = operationToken('delete', token);
          try {
            await client.send(new DeleteStackCommand({ StackName: stack.StackId, ClientRequestToken }));
          } catch (error) {
            if (isInvalidCall(error)) return { ok: false, refusal: refusedDeletion(stack, error.message) };
            throw error;
          }
          begun.accepted(ClientRequestToken, stackMark(stack, newest?.EventId));
          begun.worksOn(token, stack.StackId);
          return accept({ begun: 'yes', stackId: stack.StackId });
        }
      }
    });
  }

  /** A change set made, read and deleted. A stack that does not exist yet needs none: everything is new. */
  async function preview(request: ApplyRequest): Promise<Result<Preview>> {
    return asking(request.placement, async (client) => {
      const stack = await readStack(client, request.stackName);
      const phase = stackPhase(stack?.StackStatus);
      if (!stack || phase === 'absent' || phase === 'never-lived' || phase === 'delete-stuck') {
        return accept({ kind: 'create', resources: [] });
      }
      if (!isOwnStack(stack, request.stackName)) {
        return { ok: false, refusal: foreignStack(stack, request.stackName) };
      }
      if (phase !== 'settled')
        return accept({ kind: 'unknown', reason: `The stack is ${stack.StackStatus}.`, resources: [] });
      const input = await stackArguments(request);
      return input.ok ? previewUpdate(client, options.clock, request, input.value) : input;
    });
  }

  async function events(
    { placement, stackName }: Subject,
    token: string,
    afterId?: string,
  ): Promise<Result<readonly ProvisionerEvent[]>> {
    return asking(placement, async (client) => {
      const StackId = begun.stackIdOf(token) ?? (await readStack(client, stackName))?.StackId;
      if (!StackId) return accept([]);
      const tokens = (['apply', 'delete', 'cancel'] as const).map((purpose) => operationToken(purpose, token));
      const found = await readEvents(client, StackId, tokens, afterId);
      if (found.length > 0 || !begun.hasWorked(token)) return accept(found);
      const newest = await readNewestEvent(client, StackId);
      const isTokenless = newest?.ClientRequestToken === undefined;
      return accept(isTokenless ? await readLastEvents(client, { StackId, StackName: stackName }, afterId) : []);
    });
  }

  async function compliance(placement: Placement, resources: readonly ProvisionedResource[]) {
    const client = clients.config(placement);
    return client ? readCompliance(client, placement, resources) : complianceNotAvailable();
  }

  return {
    method: 'cloudformation',
    preview,
    start,
    observe,
    cancel,
    remove,
    events,
    compliance,
    close: () => clients.close(),
  };
}
