import fc from 'fast-check';
import { expect, test } from 'vitest';
import { identify } from '../physical-ids/identity.ts';
import { AccountIndex } from '../state/account-index.ts';
import { noChanges } from '../state/cloud-changes.ts';
import { type ResourceFault, strikeResource } from '../state/fault.ts';
import type { JsonObject } from '../state/json.ts';
import { isThere, newOperation, type Operation, type Stack, type StackDefinition, stackArn } from '../state/stack.ts';
import type { StackEvent } from '../state/stack-events.ts';
import { TemplateText } from '../state/template-text.ts';
import type { EngineWorld } from './engine-world.ts';
import { newStack } from './new-stack.ts';
import { attributeOf, propertiesFault, publishedIdentity, takesStackTags } from './published-type.ts';
import {
  advanceStack,
  beginOperation,
  deleteOperation,
  leftBehind,
  rollBackStuck,
  updateOperation,
} from './stack-engine.ts';
import { openGoal, stackGoal } from './stack-goal.ts';
import { updateImpact } from './update-impact.ts';

/**
 * Stacks of random shape are created, updated, rolled back and deleted while random resources fail. Whatever happens,
 * every physical resource that was made must be accounted for: still the stack's own, or gone exactly once.
 */

const place = { accountId: '111111111111', region: 'eu-west-1' };

interface Shape {
  /** For each resource: its type, the resources before it that it waits for, its label, its policy. */
  readonly resources: readonly { kind: number; waitsFor: number; label: number; policy: number }[];
}

/** One that is changed in place, one that is replaced, one that is deleted first, one with a name of its own. */
const kinds = [
  (label: number) => `Type: AWS::SQS::Queue, Properties: {DelaySeconds: ${label}}`,
  (label: number) => `Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.${label}.0.0/16}`,
  (label: number) =>
    `Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: subnet-${label}, RouteTableId: rtb-1}`,
  (label: number) => `Type: AWS::SNS::Topic, Properties: {TopicName: topic-${label}}`,
];
const policies = ['Delete', 'Retain', 'RetainExceptOnCreate'];

function template({ resources }: Shape): string {
  const lines = resources.map(({ kind, waitsFor, label, policy }, index) => {
    const on = Array.from({ length: index }, (_, before) => before).filter((before) => waitsFor & (1 << before));
    const dependsOn = on.length > 0 ? `, DependsOn: [${on.map((before) => `R${before}`).join(', ')}]` : '';
    return `  R${index}: {${kinds[kind]?.(label)}, DeletionPolicy: ${policies[policy]}${dependsOn}}`;
  });
  return `Resources:\n${lines.join('\n')}`;
}

class MemoryWorld implements EngineWorld {
  readonly nested = {
    family: (stack: Stack) => [stack],
    begin: () => undefined,
    cancel: () => undefined,
    release: () => undefined,
    stillCleaning: () => false,
    told: () => undefined,
  };
  readonly seed = 'seed';
  readonly events: StackEvent[] = [];
  readonly faults: ResourceFault[] = [];
  readonly #account = new AccountIndex(
    place.accountId,
    { stacks: [], exports: [], imports: [], names: [] },
    new Map(),
    noChanges,
  );
  readonly identify: EngineWorld['identify'] = (request) =>
    identify({ ...request, seed: this.seed, published: publishedIdentity(request.type) });
  readonly propertiesFault = propertiesFault;
  readonly withStoredValues = (_: Stack, value: JsonObject) => ({ value });
  readonly storeValue = () => undefined;
  readonly dropValue = () => undefined;
  readonly impact = updateImpact;
  readonly takesStackTags = takesStackTags;
  readonly durationSeconds = (type: string) => type.length;
  readonly scaledMs = (seconds: number) => seconds * 1000;
  readonly noteStack = () => undefined;
  readonly noteResource = () => undefined;
  account() {
    return this.#account;
  }
  goal(stack: Stack) {
    const goal = stackGoal(stack.definition, stack);
    const opened = goal.ok
      ? openGoal(goal.value, {
          physicalId: (id) => stack.resources.get(id)?.physicalId ?? '',
          attribute: (id, name) => attributeOf(stack.resources.get(id)!, name),
          exported: () => undefined,
        })
      : goal;
    if (!opened.ok) throw new Error(opened.refusal.message);
    return opened.value;
  }
  strike(occasion: Parameters<EngineWorld['strike']>[0]) {
    return strikeResource(this.faults, this.seed, occasion);
  }
  noteEvent(event: StackEvent) {
    this.events.push(event);
  }
}

function definition(shape: Shape): StackDefinition {
  const rest = { parameters: [], tags: [], capabilities: [], notificationArns: [] };
  return { template: new TemplateText(template(shape)), ...rest };
}

class Story {
  readonly world = new MemoryWorld();
  readonly stack: Stack;
  #now = 0;

  constructor(shape: Shape) {
    const identity = { ...place, id: stackArn(place, 'story', 'uuid'), name: 'story', ordinal: 1 };
    this.stack = newStack(identity, definition(shape), new Date(0));
  }

  get #at() {
    return { stack: this.stack, world: this.world, at: new Date(this.#now) };
  }

  create(onFailure: Operation['onFailure']): void {
    const operation = newOperation({ kind: 'create', phase: 'forward', startedAt: new Date(this.#now), onFailure });
    beginOperation(this.#at, operation, 'CREATE_IN_PROGRESS');
    this.#run();
  }

  update(shape: Shape, disableRollback: boolean): void {
    const { stack } = this;
    const operation = updateOperation(stack, new Date(this.#now));
    stack.definition = definition(shape);
    stack.disableRollback = disableRollback;
    beginOperation(this.#at, operation, 'UPDATE_IN_PROGRESS');
    this.#run();
  }

  rollBack(): void {
    rollBackStuck({ ...this.#at, operation: this.stack.stuck! }, 'User Initiated');
    this.#run();
  }

  continueRollback(): void {
    const operation = { ...this.stack.stuck!, tasks: new Map(), failed: new Map() };
    beginOperation(this.#at, operation, 'UPDATE_ROLLBACK_IN_PROGRESS');
    this.#run();
  }

  delete(): void {
    const operation = deleteOperation(this.stack, new Date(this.#now));
    beginOperation(this.#at, operation, 'DELETE_IN_PROGRESS');
    this.#run();
  }

  /** Jumps from one due step to the next until nothing goes on by itself. */
  #run(): void {
    for (let next = this.#now; Number.isFinite(next); ) {
      this.#now = next;
      next = advanceStack(this.stack, this.world, new Date(next));
    }
    this.#now += 1000;
  }
}

/** Physical resources that were made and not (yet) deleted or given up, by what the events say. */
function standing(events: readonly StackEvent[]): { standing: Set<string>; twice: string[] } {
  const made = new Set<string>();
  const gone = new Set<string>();
  const twice: string[] = [];
  for (const { physicalId, status, reason, logicalId } of events) {
    if (!physicalId || logicalId === 'story') continue;
    const id = `${logicalId} ${physicalId}`;
    if (reason === 'Resource creation Initiated') {
      if (made.has(id) && !gone.has(id)) twice.push(`${id} made`);
      made.add(id);
      gone.delete(id);
    }
    if (status === 'DELETE_COMPLETE' || status === 'DELETE_SKIPPED') {
      if (gone.has(id)) twice.push(`${id} gone`);
      gone.add(id);
    }
  }
  return { standing: new Set([...made].filter((id) => !gone.has(id))), twice };
}

/** A cleanup forgets what it has tried three times to delete. */
function isGivenUp(events: readonly StackEvent[], id: string): boolean {
  const failures = events.filter(
    ({ logicalId, physicalId, status }) => `${logicalId} ${physicalId}` === id && status === 'DELETE_FAILED',
  );
  return failures.length >= 3;
}

function owned(stack: Stack): Set<string> {
  const current = [...stack.resources.values()].filter(isThere);
  const left = [...leftBehind(stack).values()].map(({ resource }) => resource);
  return new Set([...current, ...left].map(({ logicalId, physicalId }) => `${logicalId} ${physicalId}`));
}

/** Names that the account's index says this stack holds. */
function heldNames({ world }: Story): Set<string> {
  const held = world
    .account()
    .takenNames()
    .filter(({ stackId }) => stackId !== undefined);
  return new Set(held.map(({ type, name }) => `${type} ${name}`));
}

function claimedNames(stack: Stack): Set<string> {
  const current = [...stack.resources.values()].filter(isThere);
  const left = [...leftBehind(stack).values()].map(({ resource }) => resource);
  return new Set([...current, ...left].flatMap(({ claim }) => (claim ? [`${claim.type} ${claim.name}`] : [])));
}

const shape: fc.Arbitrary<Shape> = fc.record({
  resources: fc.array(
    fc.record({
      kind: fc.nat(kinds.length - 1),
      waitsFor: fc.nat(63),
      label: fc.nat(3),
      policy: fc.nat(policies.length - 1),
    }),
    { minLength: 1, maxLength: 6 },
  ),
});
const fault = fc.record({
  logicalId: fc.nat(5).map((index) => `R${index}`),
  operation: fc.constantFrom(undefined, 'create', 'update', 'delete' as const),
  phase: fc.constantFrom(undefined, 'forward', 'rollback', 'cleanup' as const),
  nth: fc.constantFrom(undefined, 1, 2),
  afterInitiation: fc.boolean(),
});
const chapter = fc.record({
  shape,
  faults: fc.array(fault, { maxLength: 3 }),
  disableRollback: fc.boolean(),
  goesBack: fc.boolean(),
});

/** A type never changes under a logical id: the service refuses that. */
function keepingTypes(first: Shape, then: Shape): Shape {
  return {
    resources: then.resources.map((resource, index) => ({
      ...resource,
      kind: first.resources[index]?.kind ?? resource.kind,
    })),
  };
}

function order(story: Story, faults: readonly object[]): void {
  story.world.faults.length = 0;
  for (const [index, conditions] of faults.entries()) {
    const id = `fault ${index}`;
    story.world.faults.push({
      id,
      target: 'resource',
      message: 'broken',
      matches: 0,
      strikes: 0,
      ...conditions,
    } as ResourceFault);
  }
}

test('whatever fails, every physical resource stays accounted for, and a stack can always be brought to an end', () => {
  const chapters = fc.array(chapter, { minLength: 1, maxLength: 4 });
  const onFailure = fc.constantFrom<Operation['onFailure'][]>('ROLLBACK', 'DO_NOTHING');
  fc.assert(
    fc.property(chapters, onFailure, ([first, ...rest], onFailure) => {
      if (!first) return;
      const story = new Story(first.shape);
      const { stack, world } = story;
      const account = () => {
        const { standing: still, twice } = standing(world.events);
        expect(twice, world.events.map((event) => `${event.logicalId} ${event.status}`).join('\n')).toEqual([]);
        const lost = [...still].filter((id) => !owned(stack).has(id));
        expect(lost.filter((id) => !isGivenUp(world.events, id))).toEqual([]);
        expect([...owned(stack)].filter((id) => !still.has(id))).toEqual([]);
        expect(heldNames(story)).toEqual(claimedNames(stack));
        expect(stack.operation).toBeUndefined();
        expect(stack.status).not.toMatch(/_IN_PROGRESS$/);
      };
      order(story, first.faults);
      story.create(onFailure);
      account();
      const types = { resources: [...first.shape.resources] };
      for (const { shape: next, faults, disableRollback, goesBack } of rest) {
        order(story, faults);
        const failed = stack.status === 'CREATE_FAILED' || stack.status === 'UPDATE_FAILED';
        if (failed && goesBack) story.rollBack();
        else if (stack.status === 'UPDATE_ROLLBACK_FAILED') story.continueRollback();
        else if (failed || (stack.status.endsWith('_COMPLETE') && stack.status !== 'ROLLBACK_COMPLETE')) {
          const kept = keepingTypes(types, next);
          for (const [index, resource] of kept.resources.entries()) types.resources[index] ??= resource;
          story.update(kept, disableRollback);
        }
        account();
      }
      order(story, []);
      story.delete();
      account();
      expect(stack.status).toBe('DELETE_COMPLETE');
      expect([...stack.resources.values()].filter(isThere)).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
