import { canDetectDrift, driftedCount, findDrift, stackDriftStatus, supportsDrift } from '../engine/drift.ts';
import { keepResource } from '../engine/engine-world.ts';
import { drawFrom } from '../physical-ids/draw.ts';
import { driftDetectionFind } from '../state/cloud-store.ts';
import type { JsonObject } from '../state/json.ts';
import type { DriftFinding } from '../state/resource-drift.ts';
import type { Stack, StackResource } from '../state/stack.ts';
import { formText, formTexts } from '../wire/query-protocol.ts';
import { type Answer, answer, constraintError, validationError } from '../wire/service-error.ts';
import type { XmlMembers } from '../wire/xml.ts';
import type { Action, Call, CloudTools } from './action.ts';
import { noStackWithId } from './describe-stacks.ts';
import { findStack } from './find-stack.ts';
import { pageOfAll } from './page.ts';
import { readStackName } from './stack-input.ts';

/** Seconds that a detection takes for each resource, at clock scale 1. */
const secondsPerResource = 2;

export const detectStackDrift: Action = async (tools, call) => {
  const found = await detectableStack(tools, call);
  if (!found.ok) return found;
  const stack = found.value;
  const asked = formTexts(call.input, 'LogicalResourceIds');
  const unknown = (asked ?? []).filter((logicalId) => !stack.resources.has(logicalId));
  if (unknown.length > 0) {
    return validationError(`Resource ${unknown.join(', ')} does not exist for stack ${stack.name}`);
  }
  const { state, world } = tools;
  const at = state.now();
  const looked = [...stack.resources.values()].filter(
    ({ logicalId, type }) => supportsDrift(type) && (!asked || asked.includes(logicalId)),
  );
  for (const resource of looked) lookAt(tools, stack, resource, at);
  stack.drift = { status: stackDriftStatus(stack.resources.values()), at };
  state.noteStack(stack);
  stack.driftDetections = (stack.driftDetections ?? 0) + 1;
  const id = drawFrom(state.seed, stack.id, 'drift').uuid(String(stack.driftDetections));
  const endsAt = new Date(at.getTime() + world.scaledMs(secondsPerResource * looked.length));
  state.noteDriftDetection({
    id,
    stackId: stack.id,
    startedAt: at,
    endsAt,
    drifted: driftedCount(looked.map(({ logicalId }) => stack.resources.get(logicalId)!)),
  });
  return answer({ StackDriftDetectionId: id });
};

async function detectableStack(tools: CloudTools, call: Call): Promise<Answer<Stack>> {
  const name = readStackName(call.input);
  if (!name.ok) return name;
  const stack = await findStack(tools, call.caller, name.value);
  if (!stack) return noStackWithId(name.value);
  if (canDetectDrift(stack)) return answer(stack);
  return validationError(`Drift detection is not possible on stack [${stack.id}] in status [${stack.status}]`);
}

function lookAt({ world }: CloudTools, stack: Stack, resource: StackResource, at: Date): DriftFinding {
  const resolved = world.withStoredValues(stack, resource.properties);
  const driftFound = findDrift(resource, 'value' in resolved ? resolved.value : resource.properties, at);
  keepResource({ stack, world, at }, { ...resource, driftFound });
  return driftFound;
}

export const describeStackDriftDetectionStatus: Action = async (tools, call) => {
  const id = formText(call.input, 'StackDriftDetectionId');
  if (!id) return constraintError('stackDriftDetectionId', null, 'not be null');
  const { state } = tools;
  await state.commit(); // detections are read from the database
  const detection = await driftDetectionFind(state.db, id);
  const stack = detection && (await findStack(tools, call.caller, detection.stackId));
  if (!detection || !stack) return validationError(`Drift detection [${id}] does not exist`);
  const running = detection.endsAt > state.now();
  return answer({
    StackId: detection.stackId,
    StackDriftDetectionId: id,
    DetectionStatus: running ? 'DETECTION_IN_PROGRESS' : 'DETECTION_COMPLETE',
    StackDriftStatus: running ? undefined : detection.drifted > 0 ? 'DRIFTED' : 'IN_SYNC',
    DriftedStackResourceCount: running ? undefined : detection.drifted,
    Timestamp: detection.startedAt,
  });
};

export const detectStackResourceDrift: Action = async (tools, call) => {
  const found = await detectableStack(tools, call);
  if (!found.ok) return found;
  const stack = found.value;
  const logicalId = formText(call.input, 'LogicalResourceId') ?? '';
  const resource = stack.resources.get(logicalId);
  if (!resource) return validationError(`Resource ${logicalId} does not exist for stack ${stack.name}`);
  if (!supportsDrift(resource.type)) {
    return validationError(`Drift detection is not supported for resource type ${resource.type}`);
  }
  const finding = lookAt(tools, stack, resource, tools.state.now());
  return answer({ StackResourceDrift: driftView(stack, resource, finding) });
};

export const describeStackResourceDrifts: Action = async (tools, call) => {
  const name = readStackName(call.input);
  if (!name.ok) return name;
  const stack = await findStack(tools, call.caller, name.value);
  if (!stack) return noStackWithId(name.value);
  const wanted = formTexts(call.input, 'StackResourceDriftStatusFilters');
  const drifts = [...stack.resources.values()].flatMap((resource) =>
    resource.driftFound && (!wanted?.length || wanted.includes(resource.driftFound.status))
      ? [driftView(stack, resource, resource.driftFound)]
      : [],
  );
  const page = pageOfAll(drifts, formText(call.input, 'NextToken'));
  return page.ok ? answer({ StackResourceDrifts: page.value.items, NextToken: page.value.next }) : page;
};

/** Source: API reference, StackResourceDrift. */
function driftView(stack: Stack, { logicalId, physicalId, type }: StackResource, found: DriftFinding): XmlMembers {
  return {
    StackId: stack.id,
    LogicalResourceId: logicalId,
    PhysicalResourceId: physicalId,
    ResourceType: type,
    ExpectedProperties: propertiesText(found.expected),
    ActualProperties: propertiesText(found.actual),
    PropertyDifferences: found.differences.map(({ path, expected, actual, type: kind }) => ({
      PropertyPath: path,
      ExpectedValue: valueText(expected),
      ActualValue: valueText(actual),
      DifferenceType: kind,
    })),
    StackResourceDriftStatus: found.status,
    Timestamp: found.at,
  };
}

function propertiesText(properties: JsonObject | undefined): string | undefined {
  return properties && JSON.stringify(properties);
}

function valueText(value: unknown): string {
  if (value === undefined) return 'null';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
