/**
 * Identifiers: how things are named across rooms: ARNs, unique ids, content hashes.
 *
 * Lives here: pure functions over names. Never here: which resources exist.
 */
export { type Installation, type ProtonArn, parseProtonArn, protonArn } from './arn.ts';
export { canonicalJson, contentHash } from './content-hash.ts';
export { type Brand, newId } from './unique-id.ts';
