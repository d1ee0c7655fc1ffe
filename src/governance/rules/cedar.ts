/**
 * Cedar's evaluator, loaded when the first rule is read: a WebAssembly module of 4 MB, some 20 ms. Its memory holds what
 * was parsed before under names of ours and never lets go of a name, so names are few and used again.
 */
import type * as CedarModule from '@cedar-policy/cedar-wasm/nodejs';

export type { EntityJson, PolicyJson, PolicySet, TypeAndId } from '@cedar-policy/cedar-wasm/nodejs';

export interface Cedar {
  readonly module: typeof CedarModule;
  /** The name under which a set of rules is parsed; parses it when it is not, or no more. */
  prepared(key: string, make: () => CedarModule.PolicySet): string;
}

/** Sets that are kept parsed; the one that was not used for longest makes room. */
const slotsMax = 2_048;

let loaded: Promise<Cedar> | undefined;

export function loadCedar(): Promise<Cedar> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Cedar> {
  const module = await import('@cedar-policy/cedar-wasm/nodejs');
  const slots = new Map<string, string>(); // by key, the one used last at the end
  return {
    module,
    prepared(key, make) {
      let slot = slots.get(key);
      if (slot === undefined) {
        const [oldest] = slots;
        slot = slots.size < slotsMax || !oldest ? `slot-${slots.size}` : oldest[1];
        const answer = module.preparsePolicySet(slot, make());
        if (answer.type === 'failure') throw new Error(`rules that were read before: ${answer.errors[0]?.message}`);
        if (oldest?.[1] === slot) slots.delete(oldest[0]);
      }
      slots.delete(key);
      slots.set(key, slot);
      return slot;
    },
  };
}
