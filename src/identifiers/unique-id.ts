import { randomUUID } from 'node:crypto';

/** A string that the compiler keeps apart from other strings. */
export type Brand<Name extends string> = string & { readonly __brand: Name };

/** A random UUID (version 4), the form of Proton's deployment and connection ids. */
export function newId<Id extends string = string>(): Id {
  return randomUUID() as string as Id;
}
