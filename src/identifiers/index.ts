/**
 * Identifiers: how things are named across rooms: ARNs, unique ids, content hashes, positions in lists.
 *
 * Lives here: pure functions over names. Never here: which resources exist.
 */
export { type Installation, type ProtonArn, parseProtonArn, protonArn, shortArn } from './arn.ts';
export { canonicalJson, contentHash } from './content-hash.ts';
export { nearestName } from './nearest-name.ts';
export {
  type Listing,
  type Page,
  type PageRequest,
  type PageTokenRefusal,
  type Position,
  pageOf,
  pageSize,
  pageSizeMax,
  pageStart,
  readPage,
} from './page-token.ts';
export { type Brand, newId } from './unique-id.ts';
