/**
 * Fleet: read-only questions across environments, services and templates.
 *
 * Lives here: the joins over several nouns' tables. Never here: anything that changes.
 */
export { managedTags } from './managed-tags.ts';
export { measureLoad } from './measure-load.ts';
export { type ResourcesSummary, resourcesSummary, type Staleness } from './resources-summary.ts';
export { storedSpecs } from './stored-specs.ts';
export { versionUsers } from './version-users.ts';
