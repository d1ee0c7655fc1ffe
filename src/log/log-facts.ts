import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage<object>();

/** Every line that is logged within `work`, by whatever room, carries these facts, and those of the work around it. */
export function withLogFacts<Value>(facts: object, work: () => Value): Value {
  return storage.run({ ...storage.getStore(), ...facts }, work);
}

/** What lines carry here. */
export function logFacts(): object {
  return storage.getStore() ?? {};
}
