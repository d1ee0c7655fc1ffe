import { identify } from '../physical-ids/identity.ts';
import type { AccountIndex } from '../state/account-index.ts';
import type { CloudState } from '../state/cloud-state.ts';
import { strikeResource } from '../state/fault.ts';
import { scaledMs } from '../state/simulated-clock.ts';
import type { Operation, Stack, StackDefinition } from '../state/stack.ts';
import { storedKey, valueMade, withStoredValues, withVersion } from '../state/stored-values.ts';
import { type Durations, durationSeconds } from './durations.ts';
import type { EngineWorld } from './engine-world.ts';
import { attributeOf, propertiesFault, publishedIdentity, takesStackTags } from './published-type.ts';
import { type OpenGoal, openGoal, stackGoal } from './stack-goal.ts';
import { updateImpact } from './update-impact.ts';

/** The engine's view of the cloud's state. */
export function engineWorld(state: CloudState, durations: Durations, nested: EngineWorld['nested']): EngineWorld {
  // A goal is large: it is kept as long as its operation is.
  const goals = new WeakMap<Operation, { definition: StackDefinition; goal: OpenGoal }>();

  function goal(stack: Stack): OpenGoal {
    const { operation, definition } = stack;
    const known = operation && goals.get(operation);
    if (known?.definition === definition) return known.goal;
    const opened = openedGoal(stack, state.loadedAccount(stack.accountId));
    if (operation) goals.set(operation, { definition, goal: opened });
    return opened;
  }

  return {
    seed: state.seed,
    nested,
    account: (accountId) => state.loadedAccount(accountId),
    goal,
    identify: (request) => identify({ ...request, seed: state.seed, published: publishedIdentity(request.type) }),
    propertiesFault,
    withStoredValues: (stack, properties) => withStoredValues(state.storedValues, stack, properties),
    storeValue({ accountId, region }, { type, physicalId = '', properties }) {
      const resolved = withStoredValues(state.storedValues, { accountId, region }, properties);
      const made = valueMade(type, physicalId, 'value' in resolved ? resolved.value : properties);
      if (!made) return;
      const key = storedKey({ accountId, region }, made.kind, made.name);
      const before = state.storedValues.get(key);
      if (before?.versions.at(-1)?.value === made.value) return;
      state.noteStoredValue(key, withVersion(before, { accountId, region, ...made }));
    },
    dropValue(stack, { type, physicalId = '', properties }) {
      const made = valueMade(type, physicalId, properties);
      if (made) state.noteStoredValue(storedKey(stack, made.kind, made.name), null);
    },
    impact: (update) => updateImpact(update, state.settings.conditionalReplacements),
    takesStackTags,
    strike(occasion) {
      return state.counting((faults) => strikeResource(faults, state.seed, occasion));
    },
    durationSeconds: (type, verb) => durationSeconds(type, verb, durations),
    scaledMs: (seconds) => scaledMs(state.settings.clock, seconds),
    noteStack: (stack) => state.noteStack(stack),
    noteResource: (stack, logicalId) => state.noteResource(stack, logicalId),
    noteEvent: (event) => state.noteEvent(event),
  };
}

/** The definition was understood when it was accepted, so it is understood now. */
function openedGoal(stack: Stack, account: AccountIndex): OpenGoal {
  const understood = stackGoal(stack.definition, stack);
  const opened = understood.ok
    ? openGoal(understood.value, {
        physicalId: (logicalId) => stack.resources.get(logicalId)?.physicalId ?? '',
        attribute: (logicalId, name) => {
          const resource = stack.resources.get(logicalId);
          return resource && attributeOf(resource, name);
        },
        exported: (name) => account.export(stack.region, name)?.value,
      })
    : understood;
  if (!opened.ok) throw new Error(`The template of ${stack.id} is no longer understood: ${opened.refusal.message}`);
  return opened.value;
}
