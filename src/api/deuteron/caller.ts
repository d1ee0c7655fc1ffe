import type { Principal } from '../../organization/index.ts';

/** Whom a handler answers. */
export function callerOf({ caller }: { readonly caller?: Principal }): Principal {
  if (!caller) throw new Error('a handler of the native API was reached without a signature');
  return caller;
}
